package catalog_test

import (
	"errors"
	"strings"
	"testing"

	"slipway/runner/catalog"
	"slipway/runner/tomlfile"
)

const goodKernel = `schema = 1
name = "mine"
arch = "x86_64"
interface = "linux-abi"
about = "A kernel"
[compile]
cc = "gcc"
[boot]
machine = "pc"
memory = "64M"
kernel = "k.elf"
[exit]
by = "debugcon"
`

const goodApp = `schema = 1
name = "mine"
about = "An app"
timeout = "5s"
[params]
steps = 10
word = "a b"
`

// TestBrokenManifests holds that each mistake is named with its line.
func TestBrokenManifests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		app       bool
		old, new  string
		line      int
		mustMatch string
	}{
		{"unknown key", false, "about = ", "abuot = ", 5, `unknown key "abuot"`},
		{"unknown key in a table", false, "memory = ", "memroy = ", 10, `unknown key "boot.memroy"`},
		{"unknown table", false, "[exit]", "[exti]", 12, `unknown key "exti"`},
		{"newer schema", false, "schema = 1", "schema = 2", 1, "reads schema 1"},
		{"wrong type", false, `arch = "x86_64"`, "arch = 64", 3, "arch"},
		{"no TOML", false, `arch = "x86_64"`, "arch = ", 3, "expected value"},
		{"name with capitals", false, `"mine"`, `"Mine"`, 2, "will not do as a name"},
		{"path out of the folder", false, `"k.elf"`, `"../k.elf"`, 11, "stays inside"},
		{"absolute path", false, `"k.elf"`, `"/boot/vmlinuz"`, 11, "stays inside"},
		{"memory that is none", false, `"64M"`, `"lots"`, 9, "is not a size"},
		{"exit that is none", false, `by = "debugcon"`, `by = "magic"`, 12, "is none of"},
		{"no compiler", false, `cc = "gcc"`, `cc = ""`, 7, "cc is missing"},
		{"no about", false, "about = \"A kernel\"\n", "", 0, "about is missing"},
		{"QEMU held by somebody else", false, "[exit]", "[qemu]\nextra = [\"-daemonize\"]\n[exit]", 13, "-daemonize is refused: Slipway waits"},
		{"QEMU's old key", false, `"k.elf"`, "\"k.elf\"\nargs = [\"-hda\", \"x\"]", 12, "-hda is refused"},
		{"QEMU: unknown key", false, "[exit]", "[qemu]\nxtra = []\n[exit]", 13, `unknown key "qemu.xtra"`},
		{"modules without a package", false, "[exit]", "[provision.modules]\ndisks = [\"virtio_blk\"]\n[exit]", 12, "taken out of provision.package"},
		{"modules for what is no device", false, "[exit]", "[provision.modules]\ndisk = [\"virtio_blk\"]\n[exit]", 12, "provision.modules.disk is none of the settings"},
		{"without what is no device", false, "[exit]", "[qemu]\nwithout = { memory = \"\" }\n[exit]", 13, "qemu.without.memory is none"},
		{"app: QEMU's console", true, "[params]", "[qemu]\nextra = [\n\"-serial\", \"stdio\"]\n[params]", 6, "-serial is refused: the console is Slipway's"},
		{"a share by what is no way", false, "[exit]", "[qemu]\nshare = \"nfs\"\n[exit]", 13, `neither "9p" nor "virtiofs"`},
		{"a share that is of no use", false, "[exit]", "[qemu]\nshare = \"9p\"\nwithout = { share = \"\" }\n[exit]", 13, "says that a share is of no use"},
		{"app: what a kernel is without", true, "[params]", "[qemu]\nwithout = { share = \"\" }\n[params]", 6, `unknown key "qemu.without`},
		{"app: unknown key", true, "timeout", "timeuot", 4, `unknown key "timeuot"`},
		{"app: timeout that is none", true, `"5s"`, `"soon"`, 4, "is no duration"},
		{"app: hang that is none", true, `timeout = "5s"`, `hang = "-1s"`, 4, `hang "-1s" is no duration`},
		{"app: parameter of a wrong type", true, "steps = 10", "steps = [1]", 0, "not a table or list"},
		{"app: build without image", true, "timeout = ", "build = [\"make\"]\ntimeout = ", 4, "build needs image"},
		{"a language that nobody knows", false, `cc = "gcc"`, "cc = \"gcc\"\nrefuses = [\"ada\"]", 8, "the only language that a program is known by"},
		{"app: compiler in the project", true, "timeout = ", "cc = \"tools/cc\"\ntimeout = ", 4, "a command's name"},
		{"app: compiler beside a build", true, "timeout = ", "build = [\"make\"]\nimage = \"x\"\ncc = \"gcc\"\ntimeout = ", 6, "names its own"},
		{"app: image out of the folder", true, "timeout = ", "build = [\"make\"]\nimage = \"../x\"\ntimeout = ", 0, "stays inside"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			good, file := goodKernel, "kernel.toml"
			if c.app {
				good, file = goodApp, "app.toml"
			}
			text := strings.Replace(good, c.old, c.new, 1)
			if text == good {
				t.Fatalf("the test changes nothing: %q is not there", c.old)
			}
			var err error
			if c.app {
				_, err = catalog.ParseApp(file, []byte(text))
			} else {
				_, err = catalog.ParseKernel(file, []byte(text))
			}
			var wrong *tomlfile.Error
			if !errors.As(err, &wrong) {
				t.Fatalf("got %v, want a *tomlfile.Error", err)
			}
			if wrong.Line != c.line && c.line != 0 || wrong.File != file {
				t.Errorf("it points to %s:%d, want line %d: %v", wrong.File, wrong.Line, c.line, err)
			}
			if !strings.Contains(err.Error(), c.mustMatch) {
				t.Errorf("%q does not say %q", err, c.mustMatch)
			}
		})
	}
}

func TestGoodManifests(t *testing.T) {
	t.Parallel()
	k, err := catalog.ParseKernel("kernel.toml", []byte(goodKernel))
	if err != nil {
		t.Fatal(err)
	}
	if k.Boot.CPUs != 1 || len(k.Boot.Machines) != 1 || k.Boot.Machines[0] != "pc" {
		t.Errorf("defaults of [boot]: %+v", k.Boot)
	}
	a, err := catalog.ParseApp("app.toml", []byte(goodApp))
	if err != nil {
		t.Fatal(err)
	}
	got := a.Arguments(map[string]string{"steps": "20"})
	if want := "mine|steps=20|word=a b"; strings.Join(got, "|") != want {
		t.Errorf("arguments %q, want %q", strings.Join(got, "|"), want)
	}
	line, err := catalog.ExpandCommandLine("quiet n=${nonce} -- ${args}", map[string]string{"nonce": "7"}, got, "extra")
	if want := `quiet n=7 extra -- mine steps=20 "word=a b"`; err != nil || line != want {
		t.Errorf("command line %q, %v; want %q", line, err, want)
	}
	for _, c := range []struct{ line, extra, want string }{
		{"ttyS0 ${quiet} n -- ${args}", "", "ttyS0 n -- app x=1"},
		{"ttyS0 ${args}", "debug", "ttyS0 debug app x=1"},
		{"ttyS0", "debug", "ttyS0 debug"},
		{"${args}", "", "app x=1"},
	} {
		got, err := catalog.ExpandCommandLine(c.line, map[string]string{"quiet": ""}, []string{"app", "x=1"}, c.extra)
		if err != nil || got != c.want {
			t.Errorf("%q with %q: %q, %v; want %q", c.line, c.extra, got, err, c.want)
		}
	}
	if got, err := catalog.ExpandCommandLine("${args}", nil, []string{"app"}, "debug"); err == nil {
		t.Errorf("words for a kernel that reads none became the app's: %q", got)
	}
	if _, err := catalog.ExpandCommandLine("${args}", nil, []string{`a"b`}, ""); err == nil {
		t.Error("an argument with a quote was let through: a kernel would read it otherwise")
	}
	exit := strings.Replace(goodKernel, `by = "debugcon"`, `by = { line = "status (\\d+)" }`, 1)
	if k, err = catalog.ParseKernel("kernel.toml", []byte(exit)); err != nil || k.Exit.By != "line" || k.Exit.Line != `status (\d+)` {
		t.Errorf("exit by a line: %+v, %v", k, err)
	}
}

func TestParseSize(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"64M": 64 << 20, "1G": 1 << 30, "512k": 512 << 10, "4096": 4096} {
		if got, err := catalog.ParseSize(text); err != nil || got != want {
			t.Errorf("ParseSize(%q) = %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "M", "-1M", "0", "64MB", "1.5G", "9999999999G", "64 M"} {
		if got, err := catalog.ParseSize(text); err == nil {
			t.Errorf("ParseSize(%q) = %d, want an error", text, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(goodKernel))
	f.Add([]byte(goodApp))
	f.Fuzz(func(t *testing.T, data []byte) {
		if k, err := catalog.ParseKernel("kernel.toml", data); err == nil && catalog.CheckName(k.Name) != nil {
			t.Errorf("a kernel with the name %q passed", k.Name)
		}
		_, _ = catalog.ParseApp("app.toml", data)
	})
}
