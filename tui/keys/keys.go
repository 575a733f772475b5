// Package keys turns keys into actions with names. The table is data; footer,
// help, palette and the cheat sheet are made from it. What an action does is
// the screens' business.
package keys

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

//go:embed keys.toml
var builtin []byte

// Action is the name of something a person can ask for, unique in its scope.
type Action string

// Binding is the keys of one action.
type Binding struct {
	Action Action   `toml:"action"`
	Keys   []string `toml:"keys"` // as Bubble Tea writes them; the first is shown
	Hint   string   `toml:"hint"` // the word for the status line, "" for none
	Does   string   `toml:"does"` // one sentence
}

// Scope is a place that has keys of its own.
type Scope struct {
	Name     string    `toml:"name"`
	Title    string    `toml:"title"`
	With     []string  `toml:"with"` // scopes that serve here too, the nearest first
	Bindings []Binding `toml:"keys"`
}

// Table is all keys. It is never changed once made.
type Table struct{ scopes []Scope }

// Builtin returns the table that Slipway comes with.
func Builtin() (*Table, error) { return Parse("keys.toml", builtin) }

// Parse reads a table. Unknown settings are errors with file and line.
func Parse(file string, data []byte) (*Table, error) {
	var read struct {
		Scope []Scope `toml:"scope"`
	}
	meta, err := toml.Decode(string(data), &read)
	var syntax toml.ParseError
	if errors.As(err, &syntax) {
		return nil, fmt.Errorf("keys in %s, line %d: %s", file, syntax.Position.Line, syntax.Message)
	}
	if err != nil {
		return nil, fmt.Errorf("keys in %s: %w", file, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("keys in %s: %s is not a setting of keys", file, unknown[0])
	}
	t := &Table{scopes: read.Scope}
	if conflicts := t.Conflicts(); len(conflicts) > 0 {
		return nil, fmt.Errorf("keys in %s: %s", file, strings.Join(conflicts, "; "))
	}
	return t, nil
}

// Scopes returns all scopes, in the order of the table.
func (t *Table) Scopes() []Scope { return t.scopes }

// Scope returns one scope.
func (t *Table) Scope(name string) (Scope, bool) {
	for _, s := range t.scopes {
		if s.Name == name {
			return s, true
		}
	}
	return Scope{}, false
}

// chain returns the scopes that serve in a scope, the nearest first.
func (t *Table) chain(scope string) []Scope {
	first, ok := t.Scope(scope)
	if !ok {
		return nil
	}
	chain := []Scope{first}
	for _, name := range first.With {
		if s, ok := t.Scope(name); ok {
			chain = append(chain, s)
		}
	}
	return chain
}

// Find returns the action of a key in a scope.
func (t *Table) Find(scope, key string) (Action, bool) {
	for _, s := range t.chain(scope) {
		for _, b := range s.Bindings {
			for _, k := range b.Keys {
				if k == key {
					return b.Action, true
				}
			}
		}
	}
	return "", false
}

// Key returns the first key of an action in a scope, as it is shown; "" where
// it has none.
func (t *Table) Key(scope string, action Action) string {
	for _, s := range t.chain(scope) {
		for _, b := range s.Bindings {
			if b.Action == action && len(b.Keys) > 0 {
				return Show(b.Keys[0])
			}
		}
	}
	return ""
}

// Hints returns the bindings that the status line shows in a scope.
func (t *Table) Hints(scope string) []Binding {
	var hints []Binding
	for _, s := range t.chain(scope) {
		for _, b := range s.Bindings {
			if b.Hint != "" && len(b.Keys) > 0 {
				hints = append(hints, b)
			}
		}
	}
	return hints
}

// Help returns the scopes that serve in a scope, the nearest first.
func (t *Table) Help(scope string) []Scope { return t.chain(scope) }

// Conflicts names keys that mean two things in one place, actions without keys
// or words, and scopes that name unknown ones.
func (t *Table) Conflicts() []string {
	var found []string
	seen := map[string]bool{}
	for _, s := range t.scopes {
		if seen[s.Name] {
			found = append(found, fmt.Sprintf("scope %s is there twice", s.Name))
		}
		seen[s.Name] = true
	}
	for _, s := range t.scopes {
		for _, with := range s.With {
			if !seen[with] {
				found = append(found, fmt.Sprintf("scope %s names an unknown scope %s", s.Name, with))
			}
		}
		taken := map[string]string{}
		for _, place := range t.chain(s.Name) {
			for _, b := range place.Bindings {
				name := place.Name + "." + string(b.Action)
				if len(b.Keys) == 0 || b.Action == "" || b.Does == "" {
					found = append(found, fmt.Sprintf("%s needs action, keys and does", name))
				}
				for _, key := range b.Keys {
					if other, ok := taken[key]; ok && other != name {
						found = append(found, fmt.Sprintf("%q in %s is both %s and %s", key, s.Name, other, name))
					}
					taken[key] = name
				}
			}
		}
	}
	return found
}

// Show writes a key as people read it.
func Show(key string) string {
	switch key {
	case "up":
		return "↑"
	case "down":
		return "↓"
	case "left":
		return "←"
	case "right":
		return "→"
	case "pgdown":
		return "pgdn"
	}
	return key
}

// Markdown returns the cheat sheet.
func (t *Table) Markdown() string {
	var b strings.Builder
	b.WriteString("# Keys\n")
	for _, s := range t.scopes {
		fmt.Fprintf(&b, "\n## %s\n\n| key | what it does |\n|---|---|\n", s.Title)
		for _, binding := range s.Bindings {
			shown := make([]string, len(binding.Keys))
			for i, key := range binding.Keys {
				shown[i] = "`" + strings.ReplaceAll(Show(key), "|", `\|`) + "`"
			}
			fmt.Fprintf(&b, "| %s | %s |\n", strings.Join(shown, " "), binding.Does)
		}
	}
	return b.String()
}
