package qemu

import (
	"fmt"
	"slices"
	"strings"
)

// trouble is how KVM fails.
type trouble int

const (
	noDevice  trouble = iota // there is no device, or nothing behind it
	noAccess                 // the user may not open it
	forbidden                // nobody in here may open it, whatever the file's mode says
	noGuest                  // it opens and does not run a guest, or slowly
)

// advice is what explains a trouble on this machine, each with the file that was
// read, and what a person can do about it, the likeliest first.
type advice struct{ evidence, fixes []string }

func (a *advice) saw(format string, args ...any) {
	a.evidence = append(a.evidence, fmt.Sprintf(format, args...))
}

func (a *advice) fix(format string, args ...any) {
	a.fixes = append(a.fixes, fmt.Sprintf(format, args...))
}

// advise explains a trouble by what the machine says about itself.
func advise(t trouble, device string, k kvmHost, may deviceAccess) advice {
	var a advice
	if k.container != "" {
		a.saw("%s: this is a container", k.container)
	}
	if k.wsl > 0 {
		a.saw("/proc/sys/kernel/osrelease: this is version %d of the Windows Subsystem for Linux", k.wsl)
	}
	switch {
	case t == noAccess:
		a.permission(device, may)
	case t == forbidden:
		a.fix("give the container the device: docker run --device %s (podman and others likewise)", device)
	case t == noGuest:
		a.guest(k)
	case k.wsl == 1:
		a.saw("it has no kernel of its own, so no KVM")
		a.fix("in Windows: wsl --set-version NAME 2 (wsl --list --verbose shows the name)")
	case k.registered && k.container != "":
		a.saw("/sys/class/misc/kvm: the kernel has KVM, and the container no %s", device)
		a.fix("start the container with the device: docker run --device %s (podman and others likewise)", device)
	case k.registered:
		a.saw("/sys/class/misc/kvm: the kernel has KVM, and /dev does not show it")
		a.fix("make the device: sudo mknod -m 660 %s c 10 232 && sudo chgrp kvm %s", device, device)
	case !k.extensions:
		a.processor(k)
	default:
		a.modules(k)
	}
	if k.container != "" && t == noDevice && !k.registered {
		for i := range a.fixes {
			a.fixes[i] = "on the container's host: " + a.fixes[i]
		}
		a.fix("and start the container with the device: docker run --device %s", device)
	}
	return a
}

// permission: the device is there and the user may not open it.
func (a *advice) permission(device string, may deviceAccess) {
	switch {
	case may.group == "":
		a.fix("look at who may open it: ls -l %s", device)
	case !may.mayGroup:
		a.saw("%s belongs to group %s, which may not read and write it", device, may.group)
		a.fix("let the group kvm have it: sudo chgrp kvm %s && sudo chmod 660 %s, and join it: sudo usermod -aG kvm %s", device, device, may.user)
	case may.member && !may.inProcess:
		a.saw("/etc/group: %s is in group %s, and this login is older than that", may.user, may.group)
		a.fix("log out and in again, or for this shell alone: newgrp %s", may.group)
	default:
		a.saw("%s belongs to group %s, and %s is not in it", device, may.group, may.user)
		a.fix("join the group: sudo usermod -aG %s %s, then log out and in again", may.group, may.user)
	}
}

// extensionsOf names what a processor's maker calls its virtualization.
func extensionsOf(module string) string {
	switch module {
	case "kvm_intel":
		return "Intel VT-x"
	case "kvm_amd":
		return "AMD SVM"
	}
	return "virtualization"
}

// processor: it shows no virtualization, because of the firmware or of the machine
// that this one runs in.
func (a *advice) processor(k kvmHost) {
	switch {
	case k.wsl == 2:
		a.saw("/proc/cpuinfo has neither vmx nor svm: nested virtualization is off")
		a.fix(`in Windows 11: write nestedVirtualization=true below [wsl2] into %%UserProfile%%\.wslconfig, then: wsl --shutdown`)
	case k.virtual:
		a.saw("/proc/cpuinfo has hypervisor, but neither vmx nor svm: the host of %s has nested virtualization off", k.machine())
		a.nested(k)
	default:
		a.saw("/proc/cpuinfo has neither vmx nor svm: virtualization is off in the firmware, or the processor has none")
		a.fix("switch %s on in the firmware's setup (often below CPU or Security), and switch the machine off and on", extensionsOf(k.module))
	}
}

// nested says how nested virtualization is switched on, by who made the machine.
func (a *advice) nested(k kvmHost) {
	for _, m := range []struct{ maker, how string }{
		{"VirtualBox", "on its host, with the machine off: VBoxManage modifyvm NAME --nested-hw-virt on"},
		{"VMware", "on its host, with the machine off: set vhv.enable = \"TRUE\" in its .vmx file"},
		{"Microsoft", "on its host, with the machine off: Set-VMProcessor -VMName NAME -ExposeVirtualizationExtensions $true"},
		{"Google", "in Google's cloud: set advancedMachineFeatures.enableNestedVirtualization of the instance"},
		{"Amazon EC2", "in Amazon's cloud: use an instance type that ends in .metal"},
	} {
		if strings.Contains(k.maker, m.maker) {
			a.fix("%s", m.how)
			return
		}
	}
	a.fix("on its host, if that is Linux with KVM: sudo modprobe -r %[1]s && sudo modprobe %[1]s nested=1, and give this machine -cpu host", k.moduleName())
	a.fix("in a cloud: choose a kind of machine that offers nested virtualization, or a bare one")
}

func (k kvmHost) moduleName() string {
	if k.module == "" {
		return "kvm_intel"
	}
	return k.module
}

// modules: the processor could, and the kernel does not.
func (a *advice) modules(k kvmHost) {
	switch {
	case k.loaded:
		a.saw("/sys/module/%s: the module is loaded, and has made no device", k.module)
		a.fix("let the kernel say why: sudo dmesg | grep -i kvm (\"disabled by bios\" means: switch %s on in the firmware's setup)", extensionsOf(k.module))
	case k.noModule:
		a.saw("/lib/modules: this kernel comes without %s", k.module)
		a.fix("boot a kernel of your distribution that has it, or build this one with CONFIG_KVM")
	default:
		a.saw("/sys/module has no %s: the module is not loaded", k.moduleName())
		a.fix("load it: sudo modprobe %s", k.moduleName())
		a.fix("and at every start: echo %s | sudo tee /etc/modules-load.d/kvm.conf", k.moduleName())
	}
}

// guest: the device opens, and what is behind it is no good.
func (a *advice) guest(k kvmHost) {
	for _, rival := range k.rivals {
		a.saw("/sys/module/%s: another hypervisor's module is loaded, and may hold the processor", rival)
	}
	if slices.Contains(k.rivals, "vboxdrv") {
		a.fix("end VirtualBox's machines, or unload it: sudo modprobe -r vboxnetadp vboxnetflt vboxdrv")
	}
	if slices.Contains(k.rivals, "vmmon") {
		a.fix("end VMware's machines, or unload it: sudo modprobe -r vmmon")
	}
	switch {
	case k.virtual && !k.extensions:
		a.saw("/proc/cpuinfo has hypervisor, but neither vmx nor svm: what answers behind the device is no hardware")
		if k.wsl == 2 {
			a.processor(k)
			return
		}
		a.nested(k)
	case k.virtual:
		a.saw("/proc/cpuinfo has hypervisor: KVM is nested in the host of %s", k.machine())
		a.fix("update the kernel of its host: nested virtualization is there, and at fault")
	default:
		a.fix("update this machine's kernel, and look for what it says: sudo dmesg | grep -i kvm")
	}
}
