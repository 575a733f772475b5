package provision

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"slipway/runner/catalog"
)

// debian fetches a Debian package into the cache, unpacks the kernel out of it
// and leaves vmlinux in out. Nothing is installed and no root is needed: apt
// verifies the package as it always does, and works in folders of its own.
func (p *Provisioner) debian(ctx context.Context, k *catalog.Kernel, temporary, out string, r *record, progress func(Progress)) error {
	a := &apt{p: p, dir: temporary}
	progress(Progress{Step: "look " + k.Provision.Package + " up"})
	name, version, size, err := a.resolve(ctx, k.Provision.Package)
	if err != nil {
		return err
	}
	deb, err := a.download(ctx, name, version, size, progress)
	if err != nil {
		return err
	}
	r.Package, r.Version = name, version
	if r.SHA256, err = hashFile(deb); err != nil {
		return err
	}
	progress(Progress{Step: "unpack " + name})
	unpacked, err := p.unpack(ctx, deb)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", filepath.Base(deb), err)
	}
	if err := keepModules(k.Provision.Modules, unpacked, out); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	image, err := readKernel(unpacked)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", filepath.Base(deb), err)
	}
	progress(Progress{Step: "take vmlinux out of its bzImage"})
	vmlinux, err := Vmlinux(image)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(filepath.Join(out, "vmlinux"), vmlinux, 0o644)
}

// apt asks Debian's package manager. The system's lists are used where they are
// there, else lists of our own are fetched once.
type apt struct {
	p   *Provisioner
	dir string
	own []string // options for lists of our own, nil to use the system's
}

func (a *apt) run(ctx context.Context, name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, append(append([]string{}, a.own...), args...)...)
	cmd.Dir = a.dir
	cmd.Env = append(cleanEnvironment(), "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive")
	stdout, stderr, err := a.p.spawner.Output(ctx, cmd)
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("%s is not here: Debian's kernels need Debian's or Ubuntu's package manager", name)
	}
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%s: %s", name, lastLine(stderr, err))
	}
	return stdout, err
}

func lastLine(stderr []byte, err error) string {
	lines := strings.Split(strings.TrimSpace(string(stderr)), "\n")
	if last := strings.TrimPrefix(lines[len(lines)-1], "E: "); last != "" {
		return last
	}
	return err.Error()
}

// resolve turns a metapackage into the package that holds a kernel image, with
// its version and size in bytes.
func (a *apt) resolve(ctx context.Context, name string) (pkg, version string, size int64, err error) {
	shown, err := a.run(ctx, "apt-cache", "show", "--no-all-versions", name)
	if err != nil {
		if ctx.Err() != nil {
			return "", "", 0, ctx.Err()
		}
		if updateErr := a.update(ctx); updateErr != nil {
			if ctx.Err() != nil {
				return "", "", 0, ctx.Err()
			}
			return "", "", 0, fmt.Errorf("apt's lists do not have %s (%w) and cannot be fetched (%w): look after the network, or run 'apt-get update' as root",
				name, err, updateErr)
		}
		if shown, err = a.run(ctx, "apt-cache", "show", "--no-all-versions", name); err != nil {
			return "", "", 0, err
		}
	}
	fields := parseControl(shown)
	for word := range strings.FieldsFuncSeq(fields["Depends"], func(c rune) bool { return c == ',' || c == '|' || c == ' ' }) {
		if strings.HasPrefix(word, "linux-image-") && strings.HasSuffix(name, flavour(word)) {
			return a.resolve(ctx, word)
		}
	}
	if fields["Package"] == "" || fields["Version"] == "" {
		return "", "", 0, fmt.Errorf("apt knows no package %s", name)
	}
	_, err = fmt.Sscan(fields["Size"], &size)
	if err != nil {
		size = 0 // progress without a total
	}
	return fields["Package"], fields["Version"], size, nil
}

// flavour is the end of a kernel package's name: cloud-amd64 of
// linux-image-6.1.0-42-cloud-amd64.
func flavour(name string) string {
	parts := strings.Split(name, "-")
	for i := len(parts) - 1; i > 0; i-- {
		if parts[i] != "" && parts[i][0] >= '0' && parts[i][0] <= '9' {
			return strings.Join(parts[i+1:], "-")
		}
	}
	return name
}

// parseControl reads the first stanza of a control file.
func parseControl(text []byte) map[string]string {
	fields := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if line == "" {
			break
		}
		if name, value, ok := strings.Cut(line, ": "); ok && line[0] != ' ' {
			fields[name] = value
		}
	}
	return fields
}

// update fetches package lists into folders of our own: the system's stay as
// they are, and no root is needed.
func (a *apt) update(ctx context.Context) error {
	lists, cache := filepath.Join(a.dir, "lists"), filepath.Join(a.dir, "archives")
	for _, dir := range []string{filepath.Join(lists, "partial"), filepath.Join(cache, "partial")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	a.own = []string{
		"-o", "Dir::State::lists=" + lists, "-o", "Dir::Cache::archives=" + cache,
		"-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=", "-o", "APT::Sandbox::User=",
	}
	_, err := a.run(ctx, "apt-get", "update")
	return err
}

// download fetches a package's file into the temporary folder.
func (a *apt) download(ctx context.Context, name, version string, size int64, progress func(Progress)) (string, error) {
	step := "fetch " + name
	progress(Progress{Step: step, Total: size})
	done := make(chan struct{})
	watching := make(chan struct{})
	go func() { // apt says nothing when its output is no terminal: look at the file
		defer close(watching)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				if found := debs(a.dir); len(found) > 0 {
					if info, err := os.Stat(found[0]); err == nil {
						progress(Progress{Step: step, Done: info.Size(), Total: size})
					}
				}
			}
		}
	}()
	_, err := a.run(ctx, "apt-get", "-o", "APT::Sandbox::User=", "download", name+"="+version)
	close(done)
	<-watching
	if err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", fmt.Errorf("fetch %s: %w: look after the network, or run 'apt-get update' as root if the lists are old", name, err)
	}
	found := debs(a.dir)
	if len(found) != 1 {
		return "", fmt.Errorf("apt-get download %s left %d packages, not one", name, len(found))
	}
	progress(Progress{Step: step, Done: size, Total: size})
	return found[0], nil
}

func debs(dir string) []string {
	found, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	if err != nil {
		return nil // a constant pattern
	}
	return found
}

// maxKernel bounds what is read out of a package.
const maxKernel = 256 << 20

// unpack unpacks a package into a folder beside it.
func (p *Provisioner) unpack(ctx context.Context, deb string) (string, error) {
	folder := filepath.Join(filepath.Dir(deb), "package")
	if _, stderr, err := p.spawner.Output(ctx, exec.Command("dpkg-deb", "-x", deb, folder)); err != nil {
		return "", fmt.Errorf("dpkg-deb -x: %s", lastLine(stderr, err))
	}
	return folder, nil
}

// readKernel reads boot/vmlinuz-* of an unpacked package.
func readKernel(folder string) ([]byte, error) {
	found, err := filepath.Glob(filepath.Join(folder, "boot", "vmlinuz-*"))
	if err != nil || len(found) == 0 {
		return nil, errors.Join(fmt.Errorf("there is no boot/vmlinuz-* in it: %w", fs.ErrNotExist), err)
	}
	f, err := os.Open(found[0])
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxKernel))
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
