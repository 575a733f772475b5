package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"slipway/session"
)

type missingJSON struct {
	Need string `json:"need"`
	Fix  string `json:"fix"`
}

type kernelJSON struct {
	Name         string        `json:"name"`
	Family       string        `json:"family"`
	Arch         string        `json:"arch"`
	Interface    string        `json:"interface"`
	Version      *string       `json:"version"`
	Ready        bool          `json:"ready"`
	Missing      []missingJSON `json:"missing"`
	Source       string        `json:"source"`
	Experimental bool          `json:"experimental"`
}

func newKernels(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "kernels",
		Short:   "List the kernels, and what is ready on this machine",
		Example: "  slipway kernels\n  slipway kernels --json | jq -r '.kernels[] | select(.ready) | .name'",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				g.warnManifests(cmd, s)
				if g.json {
					return printKernelsJSON(cmd.OutOrStdout(), s.State().Kernels)
				}
				return printKernels(cmd.OutOrStdout(), s.State().Kernels)
			})
		},
	}
}

// warnManifests says on standard error which manifests could not be read.
func (g *globals) warnManifests(cmd *cobra.Command, s *session.Session) {
	for _, p := range s.State().Problems {
		fmt.Fprintln(cmd.ErrOrStderr(), "slipway:", p.What)
	}
}

func printKernelsJSON(w io.Writer, kernels []session.Kernel) error {
	list := struct {
		Schema  int          `json:"schema"`
		Kernels []kernelJSON `json:"kernels"`
	}{Schema: 1, Kernels: []kernelJSON{}}
	for _, k := range kernels {
		list.Kernels = append(list.Kernels, kernelForJSON(k))
	}
	return printJSON(w, list)
}

func kernelForJSON(k session.Kernel) kernelJSON {
	one := kernelJSON{
		Name: k.Name, Family: k.Family, Arch: k.Arch, Interface: k.Interface, Ready: k.Ready,
		Missing: []missingJSON{}, Source: k.Origin, Experimental: k.Experimental,
	}
	if k.Version != "" {
		one.Version = &k.Version
	}
	for _, m := range k.Missing {
		one.Missing = append(one.Missing, missingJSON(m))
	}
	return one
}

func printKernels(w io.Writer, kernels []session.Kernel) error {
	rows := [][]string{{"KERNEL", "FAMILY", "INTERFACE", "VERSION", "HERE", "ABOUT"}}
	for _, k := range kernels {
		rows = append(rows, []string{k.Name, k.Family, k.Interface, k.Version, readiness(k), k.About})
	}
	return printTable(w, rows)
}

// readiness says in a word or two whether a kernel can be booted here.
func readiness(k session.Kernel) string {
	switch {
	case k.Broken:
		return "broken manifest"
	case len(k.Missing) > 0:
		var needs []string
		for _, m := range k.Missing {
			needs = append(needs, m.Need)
		}
		return "missing " + strings.Join(needs, ", ")
	case k.Ready:
		return "ready"
	default:
		return "to provision"
	}
}

func newKernel(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "kernel",
		Short:   "Show, provision or remove a kernel",
		Example: "  slipway kernel show keel\n  slipway kernel provision linux-cloud",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newKernelShow(g), newKernelProvision(g), newKernelRemove(g))
	return cmd
}

func newKernelShow(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:               "show NAME",
		Short:             "Say what a kernel is, what it cannot do and what is missing for it",
		Example:           "  slipway kernel show keel",
		ValidArgsFunction: g.complete(kernelNames),
		Args:              takes("the name of a kernel"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				if _, err := s.Runner().Catalog().Kernel(args[0]); err != nil {
					return err
				}
				all := s.State().Kernels
				k := all[slices.IndexFunc(all, func(k session.Kernel) bool { return k.Name == args[0] })]
				if g.json {
					return printKernelsJSON(cmd.OutOrStdout(), []session.Kernel{k})
				}
				return showKernel(cmd.OutOrStdout(), k)
			})
		},
	}
}

func showKernel(w io.Writer, k session.Kernel) error {
	rows := [][]string{
		{k.Name + " " + k.Version, k.About},
		{"family", k.Family},
		{"architecture", k.Arch},
		{"interface", k.Interface},
		{"licence", k.Licence},
	}
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, []string{name, value})
		}
	}
	add("home page", k.Homepage)
	add("machines", strings.Join(k.Machines, ", "))
	add("memory", k.Memory)
	add("from", k.Origin)
	add("here", readiness(k))
	for _, m := range k.Missing {
		add("missing", m.Need+": "+m.Fix)
	}
	for _, limit := range k.Limits {
		add("limit", limit)
	}
	add("boot it", k.Command+" -a hello")
	return printTable(w, rows)
}

func newKernelProvision(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:               "provision NAME...",
		Short:             "Bring kernels onto this machine (into the cache: nothing is installed)",
		Example:           "  slipway kernel provision linux-cloud",
		ValidArgsFunction: g.complete(kernelNames),
		Args:              g.wordsOnly(takesSome("the name of a kernel")),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				for _, name := range args {
					meter := newMeter(cmd.ErrOrStderr(), g.plain, "provision "+name)
					ready, err := s.Runner().Provision(cmd.Context(), name, meter.provisioning)
					meter.end()
					if err != nil {
						return err
					}
					fmt.Fprintf(cmd.OutOrStdout(), "%s %s is ready in %s\n", name, ready.Version, ready.Dir)
				}
				return nil
			})
		},
	}
}

func newKernelRemove(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:               "remove NAME...",
		Short:             "Delete what provisioning brought",
		Example:           "  slipway kernel remove linux-cloud",
		ValidArgsFunction: g.complete(kernelNames),
		Args:              g.wordsOnly(takesSome("the name of a kernel")),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withSession(cmd.Context(), func(s *session.Session) error {
				for _, name := range args {
					if err := s.Runner().Remove(name); err != nil {
						return err
					}
					fmt.Fprintln(cmd.OutOrStdout(), name, "is removed; 'slipway kernel provision", name+"' brings it back")
				}
				return nil
			})
		},
	}
}
