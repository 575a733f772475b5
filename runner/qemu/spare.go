package qemu

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"slipway/runner/boot"
	"slipway/runner/process"
)

// Spare is a QEMU that was started before the image that it will boot was made, so
// that a save does not wait for QEMU's own start, which takes longer than that of a
// small guest. It takes no CPU time. There are two kinds:
//
// One of StartSpare is held by --preconfig: it has read its command line and no file
// yet, and some 33 MiB. In the place of the image it was given a file in memory, empty
// until then.
//
// One of StartClone was resumed from a template: its kernel has booted, and takes the
// app out of that file.
//
// Its methods may be called from any goroutine. A Spare boots once; one that does
// not must be closed.
type Spare struct {
	config   Config // what it is held with: with the image's place for its path, or the template's
	resumed  bool
	nonce    string // of the markers on its console
	cpus     []int  // host CPUs
	machine  *machine
	held     *boot.Prepared
	imageEnd *os.File // where the image or the app is put
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

// withoutInitrd is what two machines share that a template serves: it was made with
// some app in its initrd, which nobody runs.
func (c Config) withoutInitrd() Config {
	c.Initrd = ""
	return c
}

// StartSpare starts a QEMU that can boot whatever differs from c in its image and its
// nonce alone, on a console of opt's transport, size and CPUs. It returns when QEMU is
// ready; an error means that this QEMU cannot be held.
func StartSpare(ctx context.Context, sp *process.Spawner, c Config, opt boot.Options) (*Spare, error) {
	if c.image() == "" {
		return nil, fmt.Errorf("start %s beforehand: its machine boots no image", c.Binary)
	}
	s := &Spare{config: c.placed(), nonce: c.Nonce, cpus: slices.Clone(opt.CPUs)}
	line := append(s.config.underSlipway(), "--preconfig")
	if err := s.start(ctx, sp, c, line, opt, s.negotiate); err != nil {
		return nil, fmt.Errorf("start %s beforehand: %w", c.Binary, err)
	}
	s.machine.before = exitPreconfig
	return s, nil
}

// StartClone resumes a machine from the template in the folder dir, and holds it until
// an app is handed over to it: any of h's machine. nonce is for its markers.
func StartClone(ctx context.Context, sp *process.Spawner, h Handover, nonce, dir string, opt boot.Options) (*Spare, error) {
	c := h.Machine
	s := &Spare{config: c.withoutInitrd(), resumed: true, nonce: nonce, cpus: slices.Clone(opt.CPUs)}
	line := append(c.resumable(filepath.Join(dir, templateMemory), false), c.connected()...)
	line = append(line, "-incoming", "defer")
	c.Nonce = nonce // the template's is on its command line only
	err := s.start(ctx, sp, c, line, opt, func(ctx context.Context) error {
		if err := s.machine.client.do(ctx, negotiation, nil, nil); err != nil {
			return err
		}
		return s.machine.load(ctx, filepath.Join(dir, templateState))
	})
	if err != nil {
		return nil, fmt.Errorf("resume %s from its template: %w", c.Binary, err)
	}
	s.machine.before = isThere
	return s, nil
}

// start spawns QEMU, and returns when ready does.
func (s *Spare) start(ctx context.Context, sp *process.Spawner, c Config, line []string, opt boot.Options, ready func(context.Context) error) error {
	if err := c.check(); err != nil {
		return err
	}
	rules, err := c.rules()
	if err != nil {
		return err
	}
	inherited, err := inherit()
	if err != nil {
		return err
	}
	s.imageEnd = inherited.memory
	s.machine = newMachine(c, inherited.conn)
	s.held, err = boot.Prepare(ctx, sp, boot.Spec{
		Args: line, Files: inherited.files, Markers: inherited.markers, Rules: rules, Controller: s.machine,
	}, opt)
	if err != nil {
		return errors.Join(err, s.imageEnd.Close())
	}
	ctx, cancel := context.WithTimeout(ctx, releaseLimit)
	defer cancel()
	if err := ready(ctx); err != nil {
		return errors.Join(err, s.Close())
	}
	return nil
}

// negotiate waits until QEMU is held and knows the command that lets it go on.
func (s *Spare) negotiate(ctx context.Context) error {
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

// Resumed says whether the Spare's kernel has booted and waits for an app.
func (s *Spare) Resumed() bool { return s.resumed }

// Adopt says whether the Spare can boot the machine on the given host CPUs, and
// returns the machine with the nonce that the Spare was started with. A Spare whose
// kernel has booted takes h's app in place of the machine's image; h is nil where
// nothing can be handed over.
func (s *Spare) Adopt(c Config, h *Handover, cpus []int) (Config, bool) {
	select {
	case <-s.held.Gone():
		return c, false
	default:
	}
	named := c.renamed(s.nonce)
	var same bool
	if s.resumed {
		same = h != nil && h.fits() && reflect.DeepEqual(h.Machine.withoutInitrd(), s.config)
	} else {
		same = reflect.DeepEqual(named.placed(), s.config)
	}
	if !same || !slices.Equal(cpus, s.cpus) {
		return c, false
	}
	return named, true
}

// answerLimit is how long a held QEMU may take to say that it is there.
const answerLimit = 500 * time.Millisecond

// Answers says whether the held QEMU still does what it is told: one that somebody has
// stopped is no use to anybody.
func (s *Spare) Answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	return s.machine.client.do(ctx, "query-status", nil, nil) == nil
}

// Boot lets the Spare boot a machine that Adopt returned for h: its time counts from
// now on. The error wraps boot.ErrEnded where QEMU has gone meanwhile. However it ends,
// the Spare is used up.
func (s *Spare) Boot(ctx context.Context, c Config, h *Handover, opt boot.Options) (*boot.Boot, error) {
	origin := boot.Prestarted
	var err error
	if s.resumed {
		origin, err = boot.Resumed, h.write(s.imageEnd, s.nonce)
	} else {
		s.machine.boots(c.image())
		err = s.fill(c.image())
	}
	if err = errors.Join(err, s.imageEnd.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("boot %s: %w", c.Binary, err), s.held.Close())
	}
	return s.held.Begin(ctx, origin, c.CommandLine(), opt)
}

// fill copies the image into its place.
func (s *Spare) fill(path string) error {
	from, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("the image is gone from the cache, build it again: %w", err)
	}
	defer func() { _ = from.Close() }() // it was only read
	if _, err := io.Copy(s.imageEnd, from); err != nil {
		return fmt.Errorf("hand the image over: %w", err)
	}
	return nil
}

// Gone is closed when the process has ended, held or booted.
func (s *Spare) Gone() <-chan struct{} { return s.held.Gone() }

// Close ends a Spare that did not boot.
func (s *Spare) Close() error {
	return errors.Join(s.held.Close(), s.imageEnd.Close())
}
