package qemu

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"slipway/runner/boot"
	"slipway/runner/process"
)

// Spare is a QEMU that was started before the image that it will boot was made, so
// that a save does not wait for QEMU's own start, which takes longer than that of a
// small guest. It is held by --preconfig: it has read its command line and no file
// yet. In the place of the image it was given a file in memory, empty until then.
// A held one has some 33 MiB and takes no CPU time.
//
// Its methods may be called from any goroutine. A Spare boots once; one that does
// not must be closed.
type Spare struct {
	config  Config // with the image's place for its path
	cpus    []int  // host CPUs
	machine *machine
	held    *boot.Held
	image   *os.File // what the guest will boot
}

// imagePlace is where a Spare finds its image.
var imagePlace = fmt.Sprintf("/dev/fd/%d", imageFD)

// placed is the same machine with its image in the place of a Spare's: the initrd,
// or the kernel where there is none.
func (c Config) placed() Config {
	if c.Initrd != "" {
		c.Initrd = imagePlace
	} else {
		c.Kernel = imagePlace
	}
	return c
}

// image is the file that placed puts in another place.
func (c Config) image() string {
	if c.Initrd != "" {
		return c.Initrd
	}
	return c.Kernel
}

// renamed is the same machine with another nonce.
func (c Config) renamed(nonce string) Config {
	if c.Nonce == "" || nonce == "" {
		return c
	}
	c.Cmdline = strings.ReplaceAll(c.Cmdline, c.Nonce, nonce)
	c.Args = slices.Clone(c.Args)
	for i, arg := range c.Args {
		c.Args[i] = strings.ReplaceAll(arg, c.Nonce, nonce)
	}
	c.Nonce = nonce
	return c
}

// StartSpare starts a QEMU that can boot whatever differs from c in its image and its
// nonce alone, on a console of opt's transport, size and CPUs. It returns when QEMU is
// ready; an error means that this QEMU cannot be held.
func StartSpare(ctx context.Context, sp *process.Spawner, c Config, opt boot.Options) (*Spare, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	rules, err := c.rules()
	if err != nil {
		return nil, fmt.Errorf("configure a guest for %s: %w", c.Binary, err)
	}
	if c.image() == "" {
		return nil, fmt.Errorf("start %s beforehand: its machine boots no image", c.Binary)
	}
	s := &Spare{config: c.placed(), cpus: slices.Clone(opt.CPUs)}
	spec := boot.Spec{Args: append(s.config.underSlipway(), "--preconfig"), Rules: rules}
	conn, err := s.open(&spec)
	if err != nil {
		return nil, fmt.Errorf("start %s beforehand: %w", c.Binary, err)
	}
	s.machine = newMachine(c, conn)
	s.machine.held = true
	spec.Controller = s.machine
	if s.held, err = boot.Hold(ctx, sp, spec, opt); err != nil {
		return nil, errors.Join(err, s.image.Close())
	}
	if err := s.negotiate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s beforehand: %w", c.Binary, err), s.Close())
	}
	return s, nil
}

// open makes what QEMU is to inherit: monitor, markers, image.
func (s *Spare) open(spec *boot.Spec) (_ net.Conn, err error) {
	var opened []io.Closer
	defer func() {
		for _, c := range opened {
			if err != nil {
				_ = c.Close() // nothing was written through it
			}
		}
	}()
	conn, monitor, err := socketPair()
	if err != nil {
		return nil, err
	}
	opened = append(opened, conn, monitor)
	fd, err := unix.MemfdCreate("slipway-image", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make a file in memory for the image: %w", err)
	}
	s.image = os.NewFile(uintptr(fd), imagePlace)
	opened = append(opened, s.image)
	theirs, err := unix.FcntlInt(s.image.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("make a file in memory for the image: %w", err)
	}
	image := os.NewFile(uintptr(theirs), imagePlace)
	opened = append(opened, image)
	markers, markersEnd, err := process.NewPipeReader()
	if err != nil {
		return nil, err
	}
	spec.Markers = markers
	spec.Files = []*os.File{monitor, markersEnd, image} // qmpFD, markersFD, imageFD
	return conn, nil
}

// negotiate waits until QEMU is held and knows the command that lets it go on.
func (s *Spare) negotiate(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, releaseLimit)
	defer cancel()
	if err := s.machine.client.do(ctx, negotiation, nil, nil); err != nil {
		return err
	}
	var commands []struct {
		Name string `json:"name"`
	}
	if err := s.machine.client.do(ctx, "query-commands", nil, &commands); err != nil {
		return err
	}
	for _, c := range commands {
		if c.Name == exitPreconfig {
			return nil
		}
	}
	return fmt.Errorf("this QEMU does not know %s", exitPreconfig)
}

// Adopt says whether the Spare can boot the machine on the given host CPUs, and
// returns the machine with the nonce that the Spare was started with.
func (s *Spare) Adopt(c Config, cpus []int) (Config, bool) {
	select {
	case <-s.held.Gone():
		return c, false
	default:
	}
	named := c.renamed(s.config.Nonce)
	if !slices.Equal(cpus, s.cpus) || !reflect.DeepEqual(named.placed(), s.config) {
		return c, false
	}
	return named, true
}

// Boot lets the Spare boot a machine that Adopt returned: its time counts from now on.
// The error wraps boot.ErrEnded where QEMU has gone meanwhile. However it ends, the
// Spare is used up.
func (s *Spare) Boot(ctx context.Context, c Config, opt boot.Options) (*boot.Boot, error) {
	if err := s.fill(c.image()); err != nil {
		return nil, errors.Join(fmt.Errorf("boot %s: %w", c.Binary, err), s.Close())
	}
	s.machine.boots(c.image())
	return s.held.Begin(ctx, boot.Prestarted, c.CommandLine(), opt)
}

// fill copies the image into its place.
func (s *Spare) fill(path string) (err error) {
	from, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("the image is gone from the cache, build it again: %w", err)
	}
	defer func() { _ = from.Close() }() // it was only read
	if _, err := io.Copy(s.image, from); err != nil {
		return fmt.Errorf("hand the image over: %w", err)
	}
	return s.image.Close()
}

// Gone is closed when the process has ended, held or booted.
func (s *Spare) Gone() <-chan struct{} { return s.held.Gone() }

// Close ends a Spare that did not boot.
func (s *Spare) Close() error {
	_ = s.image.Close() // nobody will read it, or it was closed when it was full
	return s.held.Close()
}
