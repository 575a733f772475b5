package session

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"slipway/benchmarks"
	"slipway/runner/catalog"
	"slipway/runner/tomlfile"
)

// Settings are what the user has settled for all projects, in settings.toml of the
// config folder. What is not set there is a default.
type Settings struct {
	Theme  string // of the workbench; "auto" is by the terminal
	ASCII  *bool  // draw with ASCII only; nil: by the locale
	Rounds int    // timed rounds after a save; 0: until the verdict is sure
	Warmup int    // rounds before them that do not count
	Spare  bool   // hold a QEMU ready for the next save of each marked kernel
	Cache  int64  // bytes of images that are kept
	Band   string // changes that are noise, as benchmarks.ParseBands reads them; "" is each metric's default
}

// Bands are the shares below which a change is noise.
func (s Settings) Bands() (benchmarks.Bands, error) {
	if s.Band == "" {
		return nil, nil //nolint:nilnil // no bands are the default ones
	}
	return benchmarks.ParseBands(strings.Split(s.Band, ","))
}

// Defaults of the settings, and their bound.
const (
	DefaultWarmup = 1
	DefaultCache  = "5G"
	maxRounds     = 1000
)

// settingsFile is settings.toml.
type settingsFile struct {
	Schema int    `toml:"schema"`
	Theme  string `toml:"theme"`
	ASCII  *bool  `toml:"ascii"`
	Rounds *int   `toml:"rounds"`
	Warmup int    `toml:"warmup"`
	Spare  bool   `toml:"spare"`
	Cache  string `toml:"cache"`
	Band   string `toml:"band"`
}

// SettingsPath is the file that ReadSettings reads.
func (f Folders) SettingsPath() string { return filepath.Join(f.Config, "settings.toml") }

// ReadSettings reads the user's settings; where there is no such file all are
// defaults. theme says what is wrong with the name of a theme: whoever draws knows
// them. A mistake in the file is a *tomlfile.Error, which names the line.
func ReadSettings(f Folders, theme func(name string) error) (Settings, error) {
	file := settingsFile{Schema: 1, Theme: "auto", Warmup: DefaultWarmup, Spare: true, Cache: DefaultCache}
	path := f.SettingsPath()
	data, err := tomlfile.Read(os.DirFS(f.Config), filepath.Base(path))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Settings{}, fmt.Errorf("read the settings in %s: %w", f.Config, err)
	}
	if err := tomlfile.Decode(path, data, &file); err != nil {
		return Settings{}, err
	}
	wrong := theme(file.Theme)
	limit, noSize := catalog.ParseSize(file.Cache)
	_, noBand := Settings{Band: file.Band}.Bands()
	switch {
	case file.Schema != 1:
		err = tomlfile.Fault(path, data, "schema", "schema = %d: this Slipway reads settings of schema 1", file.Schema)
	case file.Rounds != nil && (*file.Rounds < 1 || *file.Rounds > maxRounds):
		err = tomlfile.Fault(path, data, "rounds", "rounds = %d: it takes 1 to %d; without it they go on until the verdict is sure", *file.Rounds, maxRounds)
	case file.Warmup < 0 || file.Warmup > maxRounds:
		err = tomlfile.Fault(path, data, "warmup", "warmup = %d: it takes 0 to %d", file.Warmup, maxRounds)
	case wrong != nil:
		err = tomlfile.Fault(path, data, "theme", "%v", wrong)
	case noSize != nil:
		err = tomlfile.Fault(path, data, "cache", "cache = %q: it takes a size such as \"5G\" or \"500M\"", file.Cache)
	case noBand != nil:
		err = tomlfile.Fault(path, data, "band", "%v", noBand)
	default:
		read := Settings{Theme: file.Theme, ASCII: file.ASCII, Warmup: file.Warmup, Spare: file.Spare, Cache: limit, Band: file.Band}
		if file.Rounds != nil {
			read.Rounds = *file.Rounds
		}
		return read, nil
	}
	return Settings{}, err
}
