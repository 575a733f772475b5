package benchmarks

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"slipway/benchmarks/store"
)

// configKey is one configuration line of a file of results, "key: value": what is said of
// a boot so that whoever reads the file compares no other boots than we do.
type configKey struct {
	key string
	of  func(*store.Run) string                // "" where there is nothing to say
	put func(r *store.Run, value string) error // is not called for ""
}

// configKeys are all but the target, whose name is the comparison's.
var configKeys = []configKey{
	text("kernel", func(r *store.Run) *string { return &r.Target.Kernel }),
	text("app", func(r *store.Run) *string { return &r.Target.App }),
	{"settings", settingsJSON, func(r *store.Run, v string) error { return json.Unmarshal([]byte(v), &r.Target.Settings) }},
	text("accel", func(r *store.Run) *string { return &r.Environment.Accel }),
	{"virtual", func(r *store.Run) string { return only(r.Environment.Virtual, "true") }, func(r *store.Run, v string) error {
		r.Environment.Virtual = v == "true"
		return nil
	}},
	{"counted", func(r *store.Run) string { return r.Counted }, putCounted},
	text("qemu", func(r *store.Run) *string { return &r.Environment.QEMU }),
	text("arch", func(r *store.Run) *string { return &r.Environment.Arch }),
	text("machine", func(r *store.Run) *string { return &r.Environment.Machine }),
	{"memory", func(r *store.Run) string { return count(r.Environment.Memory) }, func(r *store.Run, v string) (err error) {
		r.Environment.Memory, err = strconv.ParseInt(v, 10, 64)
		return err
	}},
	whole("cpus", func(r *store.Run) *int { return &r.Environment.CPUs }),
	text("console", func(r *store.Run) *string { return &r.Environment.Transport }),
	text("host", func(r *store.Run) *string { return &r.Environment.Host }),
	text("cpu", func(r *store.Run) *string { return &r.Environment.CPU }),
	{"shared", func(r *store.Run) string { return only(r.Environment.Shared != nil && !*r.Environment.Shared, "false") }, func(r *store.Run, v string) error {
		shared := v != "false"
		r.Environment.Shared = &shared
		return nil
	}},
	whole("parallel", func(r *store.Run) *int { return &r.Environment.Parallel }),
	text("experiment", func(r *store.Run) *string { return &r.Experiment }),
	whole("round", func(r *store.Run) *int { return &r.Round }),
	text("run", func(r *store.Run) *string { return &r.ID }),
}

// Config are the configuration lines that a file of results has for a boot: keys with
// their values, "" where there is nothing to say. The target is not among them.
func Config(run *store.Run) [][2]string {
	var lines [][2]string
	for _, k := range configKeys {
		lines = append(lines, [2]string{k.key, k.of(run)})
	}
	return lines
}

// configure gives a run what the lines of a file say. It returns what could not be read.
func configure(run *store.Run, value func(key string) string) (unread []string) {
	for _, k := range configKeys {
		v := value(k.key)
		if v == "" {
			continue
		}
		before := *run
		if err := k.put(run, v); err != nil {
			*run = before
			unread = append(unread, fmt.Sprintf("%s: %.50q: %v", k.key, v, err))
		}
	}
	run.Environment.Arch = cmp.Or(run.Environment.Arch, value("goarch"))
	return unread
}

func text(key string, field func(*store.Run) *string) configKey {
	return configKey{key, func(r *store.Run) string { return *field(r) }, func(r *store.Run, v string) error {
		*field(r) = v
		return nil
	}}
}

func whole(key string, field func(*store.Run) *int) configKey {
	return configKey{key, func(r *store.Run) string { return count(*field(r)) }, func(r *store.Run, v string) (err error) {
		*field(r), err = strconv.Atoi(v)
		return err
	}}
}

func count[N int | int64](n N) string { return only(n != 0, strconv.FormatInt(int64(n), 10)) }

func only(said bool, value string) string {
	if !said {
		return ""
	}
	return value
}

// settingsJSON has the settings and the app's parameters as an object, since values may
// have spaces and quotes of their own.
func settingsJSON(r *store.Run) string {
	if len(r.Target.Settings) == 0 {
		return ""
	}
	object, err := json.Marshal(r.Target.Settings)
	if err != nil {
		return "" // strings can be marshalled
	}
	return string(object)
}

func putCounted(r *store.Run, v string) error {
	if !slices.Contains([]string{store.ByClock, store.ByPlugin, store.ByKVM}, v) {
		return fmt.Errorf("nobody counts so; it is %s, %s or %s", store.ByClock, store.ByPlugin, store.ByKVM)
	}
	r.Counted = v
	return nil
}
