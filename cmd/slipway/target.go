package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"slipway/runner"
	"slipway/runner/catalog"
)

// targetFlags are the flags that choose targets.
type targetFlags struct {
	kernels, apps []string
	set           []string
	accel         string
	machine       string
	cpus          int
	memory        string
	timeout       time.Duration
	pin           string
	virtual       bool
}

// settingsHelp lists what --set and a plan's settings take beside an app's parameters.
const settingsHelp = `Settings, for --set, and for the settings and the sweep of a plan; paths begin at the current folder:
  machine cpus memory accel timeout pin virtual   as the flags of these names
  cmdline=TEXT                                    more words for the kernel's command line
  numa=NODES                                      spread CPUs and memory over so many NUMA nodes (not on microvm)
  disks=FILE[:snapshot],...                       virtio disks of raw or qcow2 images, read-only; with :snapshot the guest
                                                  may write, and what it wrote is thrown away
  net=none|isolated|user                          a network card: isolated lets the guest reach nothing, user what you reach
  forward=[udp:]HOST:GUEST,...                    ports of 127.0.0.1 that lead to the guest's; by itself with net=isolated
  share=FOLDER[:rw]                               a folder, read-only unless :rw: /share on linux-cloud; a kernel of your own
                                                  mounts the tag share, by 9p or by virtiofs as its manifest says
  serial2=true                                    a second serial port, COM2, written to serial2.log of the run
  qemu=ARGUMENTS                                  more arguments for QEMU, quoted as for a shell`

func (t *targetFlags) add(cmd *cobra.Command, g *globals) {
	flags := cmd.Flags()
	flags.StringSliceVarP(&t.kernels, "kernel", "k", nil, "`NAMES` of kernels, separated by commas; all is every one ('slipway kernels' lists them)")
	flags.StringSliceVarP(&t.apps, "app", "a", nil, "`NAMES` of apps, separated by commas ('slipway apps' lists them)")
	flags.StringArrayVar(&t.set, "set", nil, "a setting or a parameter of the app, `KEY=VALUE`, such as net=user ('slipway boot --help' lists the settings); may be repeated")
	flags.StringVar(&t.accel, "accel", "", "accelerator, `auto|kvm|tcg`; auto is the best one that a guest proved to work, kvm takes one that is only slow")
	flags.StringVar(&t.machine, "machine", "", "machine `TYPE` of QEMU, such as microvm or pc")
	flags.IntVar(&t.cpus, "cpus", 0, "virtual CPUs of the guest")
	flags.StringVar(&t.memory, "memory", "", "memory of the guest, a `SIZE` such as 64M")
	flags.DurationVar(&t.timeout, "timeout", 0, "longest `TIME` that one boot may take, such as 60s (default: what the app says)")
	flags.StringVar(&t.pin, "pin", "", "host `CPUS` that boots may use, such as 0,2-3")
	flags.BoolVar(&t.virtual, "virtual", false, "let the guest's clock count instructions (TCG only)")
	completeFlag(cmd, "kernel", g.completeList(kernelNames))
	completeFlag(cmd, "app", g.completeList(appNames))
	completeFlag(cmd, "accel", cobra.FixedCompletions([]string{"auto", "kvm", "tcg"}, cobra.ShellCompDirectiveNoFileComp))
	for _, flag := range []string{"set", "machine", "cpus", "memory", "timeout", "pin"} {
		completeFlag(cmd, flag, cobra.NoFileCompletions)
	}
}

// settings gathers --set and the flags that are short for it.
func (t *targetFlags) settings(cmd *cobra.Command) (runner.Settings, error) {
	var s runner.Settings
	for _, word := range t.set {
		key, value, ok := strings.Cut(word, "=")
		if !ok {
			return s, fmt.Errorf("--set %q: it takes KEY=VALUE", word)
		}
		if err := s.Set(key, value); err != nil {
			return s, err
		}
	}
	for flag, value := range map[string]string{
		"accel": t.accel, "machine": t.machine, "cpus": strconv.Itoa(t.cpus), "memory": t.memory,
		"timeout": t.timeout.String(), "pin": t.pin, "virtual": strconv.FormatBool(t.virtual),
	} {
		if !cmd.Flags().Changed(flag) {
			continue
		}
		if err := s.Set(flag, value); err != nil {
			return s, fmt.Errorf("--%s: %w", flag, errors.Unwrap(err)) // without the setting's name: the flag has it
		}
	}
	return s, nil
}

// targets crosses the kernels and apps that were named; "all" is each ready
// kernel or each app. kernels stands in where none was named.
func (t *targetFlags) targets(cmd *cobra.Command, r *runner.Runner, kernels []string) ([]runner.Target, error) {
	s, err := t.settings(cmd)
	if err != nil {
		return nil, err
	}
	if len(t.kernels) > 0 {
		kernels = t.kernels
	}
	if len(kernels) == 0 {
		return nil, fmt.Errorf("no kernel was named: choose with -k ('slipway kernels' lists them)")
	}
	if len(t.apps) == 0 {
		return nil, fmt.Errorf("no app was named: choose with -a ('slipway apps' lists them)")
	}
	kernelNames, err := names(kernels, r.Catalog().Kernels(), func(k *catalog.Kernel) string { return k.Name },
		func(name string) error { _, err := r.Catalog().Kernel(name); return err })
	if err != nil {
		return nil, err
	}
	appNames, err := names(t.apps, r.Catalog().Apps(), func(a *catalog.App) string { return a.Name },
		func(name string) error { _, err := r.Catalog().App(name); return err })
	if err != nil {
		return nil, err
	}
	var targets []runner.Target
	for _, app := range appNames {
		for _, kernel := range kernelNames {
			targets = append(targets, runner.Target{Kernel: kernel, App: app, Settings: s})
		}
	}
	return targets, nil
}

// names checks the names that were given, expands "all" and drops repetitions.
func names[T any](given []string, all []T, name func(T) string, check func(string) error) ([]string, error) {
	var list []string
	for _, g := range given {
		if g == "all" {
			for _, one := range all {
				list = append(list, name(one))
			}
			continue
		}
		if err := check(g); err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	var once []string
	for _, n := range list {
		if !slices.Contains(once, n) {
			once = append(once, n)
		}
	}
	return once, nil
}
