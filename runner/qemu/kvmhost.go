package qemu

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// hostFiles is the file system that tells about this machine.
type hostFiles struct{ root string } // "" is the machine's own; tests lay out others

func (h hostFiles) path(name string) string { return filepath.Join("/", h.root, name) }

// text is a small file, "" where it cannot be read: what is not told is not known.
func (h hostFiles) text(name string) string {
	data, err := os.ReadFile(h.path(name))
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(data), "\n\x00 ")
}

func (h hostFiles) has(name string) bool {
	_, err := os.Stat(h.path(name))
	return err == nil
}

// kvmHost is what this machine says about itself, as far as KVM depends on it.
type kvmHost struct {
	module     string   // kvm_intel or kvm_amd, by the processor's maker; "" for others
	virtual    bool     // the processor says that it is one of a virtual machine
	extensions bool     // vmx or svm is there
	container  string   // what says that this is a container, "" where nothing does
	wsl        int      // version of the Windows Subsystem for Linux, 0 where it is not
	loaded     bool     // the module, or a kernel with KVM built in
	registered bool     // the kernel has the device, whether or not /dev shows it
	noModule   bool     // this kernel's modules are here, and KVM is not among them
	rivals     []string // loaded modules of other hypervisors
	maker      string   // of the machine, from its firmware
}

// kvmMinor is /dev/kvm's number, which the kernel's documentation assigns.
const kvmMinor = "10:232"

func (h hostFiles) kvmHost() kvmHost {
	var k kvmHost
	for line := range strings.Lines(h.text("/proc/cpuinfo")) {
		key, value, _ := strings.Cut(line, ":")
		switch strings.TrimSpace(key) {
		case "vendor_id":
			k.module = map[string]string{"GenuineIntel": "kvm_intel", "AuthenticAMD": "kvm_amd", "HygonGenuine": "kvm_amd"}[strings.TrimSpace(value)]
		case "flags":
			words := strings.Fields(value)
			k.virtual = slices.Contains(words, "hypervisor")
			k.extensions = slices.Contains(words, "vmx") || slices.Contains(words, "svm")
		}
	}
	k.container = h.containerEvidence()
	k.wsl = wslVersion(h.text("/proc/sys/kernel/osrelease"))
	k.loaded = k.module != "" && h.has("/sys/module/"+k.module)
	k.registered = h.text("/sys/class/misc/kvm/dev") == kvmMinor
	k.noModule = k.module != "" && h.lacksModule(k.module)
	for _, rival := range []string{"vboxdrv", "vmmon"} {
		if h.has("/sys/module/" + rival) {
			k.rivals = append(k.rivals, rival)
		}
	}
	k.maker = strings.TrimSpace(h.text("/sys/class/dmi/id/sys_vendor") + " " + h.text("/sys/class/dmi/id/product_name"))
	return k
}

// containerEvidence is the file that says that this is a container.
func (h hostFiles) containerEvidence() string {
	for _, file := range []string{"/.dockerenv", "/run/.containerenv", "/run/systemd/container"} {
		if h.has(file) {
			return file
		}
	}
	groups := h.text("/proc/1/cgroup")
	for _, word := range []string{"docker", "kubepods", "containerd", "libpod", "lxc"} {
		if strings.Contains(groups, "/"+word) {
			return "/proc/1/cgroup"
		}
	}
	return ""
}

// wslVersion reads a kernel's release: 4.4.0-19041-Microsoft is the first
// version, which has no kernel of its own, 5.15.90.1-microsoft-standard-WSL2 the
// second.
func wslVersion(release string) int {
	switch {
	case strings.HasSuffix(release, "-Microsoft"):
		return 1
	case strings.Contains(strings.ToLower(release), "microsoft"):
		return 2
	}
	return 0
}

// lacksModule says whether the running kernel's list of modules is here, and has
// none of that name, nor the kernel itself.
func (h hostFiles) lacksModule(name string) bool {
	folder := "/lib/modules/" + h.text("/proc/sys/kernel/osrelease") + "/"
	list := h.text(folder + "modules.dep")
	file := "/" + strings.ReplaceAll(name, "_", "-") + ".ko"
	return list != "" && !strings.Contains(list, file) && !strings.Contains(h.text(folder+"modules.builtin"), file)
}

// deviceAccess is who may open the device.
type deviceAccess struct {
	group     string // that owns it, by name where it has one
	mayGroup  bool   // the group may read and write
	member    bool   // the user is in the group by /etc/group
	inProcess bool   // and this process, too
	user      string
}

func (h hostFiles) access(device string) deviceAccess {
	a := deviceAccess{user: h.user()}
	info, err := os.Stat(device)
	if err != nil {
		return a
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return a
	}
	gid := int(owner.Gid)
	a.group, a.mayGroup = strconv.Itoa(gid), info.Mode().Perm()&0o060 == 0o060
	groups, err := os.Getgroups()
	a.inProcess = err == nil && slices.Contains(groups, gid) || os.Getegid() == gid
	for line := range strings.Lines(h.text("/etc/group")) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) == 4 && fields[2] == a.group {
			a.group, a.member = fields[0], slices.Contains(strings.Split(fields[3], ","), a.user)
			break
		}
	}
	return a
}

// user is the name of whoever runs this process, its number where it has none.
func (h hostFiles) user() string {
	id := strconv.Itoa(os.Geteuid())
	for line := range strings.Lines(h.text("/etc/passwd")) {
		if fields := strings.Split(line, ":"); len(fields) > 2 && fields[2] == id {
			return fields[0]
		}
	}
	return id
}

// machine names the virtual machine that this is.
func (k kvmHost) machine() string {
	if k.maker == "" {
		return "this virtual machine"
	}
	return fmt.Sprintf("this virtual machine (%s)", k.maker)
}
