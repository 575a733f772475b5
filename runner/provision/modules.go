package provision

import (
	"bytes"
	"debug/elf"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ModulesDir is the folder of a provisioned kernel that holds its drivers, in one
// folder for each setting of a target that needs some: modules/disks/00-virtio.ko.
const ModulesDir = "modules"

// keepModules copies the drivers that the manifest names out of an unpacked package,
// with those that they need before them.
func keepModules(wanted map[string][]string, unpacked, out string) error {
	if len(wanted) == 0 {
		return nil
	}
	there, err := findModules(filepath.Join(unpacked, "lib", "modules"))
	if err != nil {
		return err
	}
	for setting, names := range wanted {
		var order []string
		for _, name := range names {
			if order, err = withDependencies(there, moduleName(name), order, nil); err != nil {
				return err
			}
		}
		dir := filepath.Join(out, ModulesDir, setting)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		for i, name := range order {
			data, err := os.ReadFile(there[name])
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d-%s.ko", i, name)), data, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// moduleName is what the kernel calls a module: file names may have dashes.
func moduleName(name string) string { return strings.ReplaceAll(name, "-", "_") }

// findModules maps names to files.
func findModules(dir string) (map[string]string, error) {
	there := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if name, ok := strings.CutSuffix(filepath.Base(path), ".ko"); err == nil && ok && e.Type().IsRegular() {
			there[moduleName(name)] = path
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for its modules: %w", err)
	}
	return there, nil
}

// withDependencies appends a module to the order in which modules are loaded, behind
// those that it needs. above are those that need it.
func withDependencies(there map[string]string, name string, order, above []string) ([]string, error) {
	switch {
	case slices.Contains(order, name):
		return order, nil
	case slices.Contains(above, name):
		return nil, fmt.Errorf("module %s needs itself", name)
	case there[name] == "":
		return nil, fmt.Errorf("there is no module %s.ko in it, which [provision.modules] names", strings.Join(append(above, name), " needs "))
	}
	needs, err := moduleNeeds(there[name])
	if err != nil {
		return nil, fmt.Errorf("module %s: %w", name, err)
	}
	for _, need := range needs {
		if order, err = withDependencies(there, moduleName(need), order, append(slices.Clone(above), name)); err != nil {
			return nil, err
		}
	}
	return append(order, name), nil
}

// moduleNeeds reads depends= of a module's section .modinfo, strings that end with a zero.
func moduleNeeds(path string) ([]string, error) {
	file, err := elf.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	section := file.Section(".modinfo")
	if section == nil {
		return nil, fmt.Errorf("%s is no kernel module: it has no .modinfo", filepath.Base(path))
	}
	data, err := section.Data()
	if err != nil {
		return nil, err
	}
	for field := range bytes.SplitSeq(data, []byte{0}) {
		if list, ok := strings.CutPrefix(string(field), "depends="); ok && list != "" {
			return strings.Split(list, ","), nil
		}
	}
	return nil, nil
}
