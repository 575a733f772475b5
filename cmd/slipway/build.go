package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"slipway/runner"
	"slipway/runner/compiler"
	"slipway/session"
)

type imageJSON struct {
	Target  string  `json:"target"`
	Hash    string  `json:"hash"`
	App     string  `json:"app"`
	Kernel  *string `json:"kernel"`
	Initrd  *string `json:"initrd"`
	Size    int64   `json:"size"`
	Cached  bool    `json:"cached"`
	Seconds float64 `json:"seconds"`
}

func newBuild(g *globals) *cobra.Command {
	var flags targetFlags
	cmd := &cobra.Command{
		Use:   "build -k KERNEL,... -a APP,...",
		Short: "Build the images of targets",
		Long: "Build makes the image of every kernel with every app that is named, keel where no kernel is, and says where the app's\n" +
			"ELF file is. What is built already is found in the cache.\n\nThe exit status is 0; 1 an app does not compile; 2 Slipway failed.",
		Example: "  slipway build -k keel,linux-cloud -a nbody",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				targets, err := flags.targets(cmd, s.Runner(), []string{"keel"})
				if err != nil {
					return err
				}
				images, err := g.build(cmd.Context(), cmd.ErrOrStderr(), s, targets)
				if err != nil {
					return err
				}
				return g.printImages(cmd.OutOrStdout(), images)
			})
		},
	}
	flags.add(cmd, g)
	return cmd
}

func (g *globals) printImages(w io.Writer, images []*runner.Image) error {
	list := struct {
		Schema int         `json:"schema"`
		Images []imageJSON `json:"images"`
	}{Schema: 1}
	for _, i := range images {
		one := imageJSON{
			Target: i.Target.String(), Hash: i.Hash, App: i.Image.App, Size: i.Size, Cached: i.Cached, Seconds: i.Took.Seconds(),
		}
		if i.Image.Kernel != "" {
			one.Kernel = &i.Image.Kernel
		}
		if i.Initrd != "" {
			one.Initrd = &i.Initrd
		}
		list.Images = append(list.Images, one)
	}
	if g.json {
		return printJSON(w, list)
	}
	rows := [][]string{{"TARGET", "IMAGE", "SIZE", "BUILT", "APP"}}
	for _, i := range images {
		built := span(i.Took)
		if i.Cached {
			built = "cached"
		}
		rows = append(rows, []string{i.Target.String(), i.Hash[:12], size(i.Size), built, i.Image.App})
	}
	return printTable(w, rows)
}

// build builds all targets: their kernels are provisioned one after the other, where
// needed, then all images are built at once, as many as there are cores. Compiler
// messages go to words, those of the first target that does not compile.
func (g *globals) build(ctx context.Context, words io.Writer, s *session.Session, targets []runner.Target) ([]*runner.Image, error) {
	for _, t := range targets {
		if err := s.Runner().Check(t); err != nil {
			return nil, err
		}
	}
	ready := map[string]bool{}
	for _, t := range targets {
		if ready[t.Kernel] {
			continue
		}
		ready[t.Kernel] = true
		meter := newMeter(words, g.plain, "build "+t.Kernel+"/"+t.App)
		_, err := s.Runner().Provision(ctx, t.Kernel, meter.provisioning)
		meter.end()
		if err != nil {
			return nil, buildFailed(words, t, err)
		}
	}
	images, failures := make([]*runner.Image, len(targets)), make([]error, len(targets))
	var together errgroup.Group
	together.SetLimit(runtime.NumCPU())
	for i, t := range targets {
		together.Go(func() error {
			began := time.Now()
			if images[i], failures[i] = s.Runner().Build(ctx, t, nil); failures[i] == nil {
				images[i].Took = time.Since(began)
			}
			return nil
		})
	}
	_ = together.Wait() // none of them returns an error
	for i, t := range targets {
		if err := failures[i]; err != nil {
			return nil, buildFailed(words, t, err)
		}
	}
	return images, nil
}

// buildFailed prints what the compiler said and gives the status: 1 for a
// program that does not compile, 2 for anything else, which says by itself what
// was built.
func buildFailed(words io.Writer, t runner.Target, err error) error {
	var wrong *compiler.Error
	if !errors.As(err, &wrong) {
		return err
	}
	if _, printErr := words.Write(wrong.Output); printErr != nil {
		return errors.Join(err, printErr)
	}
	return failed(statusWorse, fmt.Errorf("build %s: %w", t, err))
}
