package qemu

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// machineOf lays the files of a machine out that tell about KVM.
func machineOf(t *testing.T, files map[string]string) hostFiles {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return hostFiles{root}
}

// What /proc/cpuinfo says on machines of several kinds.
const (
	intelFull    = "vendor_id\t: GenuineIntel\nflags\t\t: fpu sse vmx\n"
	intelOff     = "vendor_id\t: GenuineIntel\nflags\t\t: fpu sse\n"
	amdOff       = "vendor_id\t: AuthenticAMD\nflags\t\t: fpu sse\n"
	intelVirtual = "vendor_id\t: GenuineIntel\nflags\t\t: fpu sse hypervisor\n"
	amdNested    = "vendor_id\t: AuthenticAMD\nflags\t\t: fpu svm hypervisor\n"
)

// TestWhatWouldMendKVMIsReadFromTheMachine lays out one machine for each cause.
func TestWhatWouldMendKVMIsReadFromTheMachine(t *testing.T) {
	t.Parallel()
	const release = "/proc/sys/kernel/osrelease"
	for name, test := range map[string]struct {
		trouble  trouble
		files    map[string]string
		evidence string
		fix      string // the first one
	}{
		"module not loaded": {
			noDevice,
			map[string]string{"/proc/cpuinfo": intelFull},
			"/sys/module has no kvm_intel", "sudo modprobe kvm_intel",
		},
		"module not loaded, AMD in a virtual machine": {
			noDevice,
			map[string]string{"/proc/cpuinfo": amdNested},
			"/sys/module has no kvm_amd", "sudo modprobe kvm_amd",
		},
		"kernel without the module": {
			noDevice,
			map[string]string{"/proc/cpuinfo": intelFull, release: "6.1.0-tiny\n", "/lib/modules/6.1.0-tiny/modules.dep": "kernel/fs/ext4/ext4.ko:\n"},
			"/lib/modules: this kernel comes without kvm_intel", "CONFIG_KVM",
		},
		"module there and not loaded": {
			noDevice,
			map[string]string{"/proc/cpuinfo": intelFull, release: "6.1.0\n", "/lib/modules/6.1.0/modules.dep": "kernel/arch/x86/kvm/kvm-intel.ko.xz: kernel/arch/x86/kvm/kvm.ko.xz\n"},
			"the module is not loaded", "sudo modprobe kvm_intel",
		},
		"module loaded, switched off in the firmware": {
			noDevice,
			map[string]string{"/proc/cpuinfo": intelFull, "/sys/module/kvm_intel/refcnt": "0"},
			"/sys/module/kvm_intel: the module is loaded, and has made no device", "sudo dmesg | grep -i kvm",
		},
		"firmware, Intel": {
			noDevice,
			map[string]string{"/proc/cpuinfo": intelOff},
			"neither vmx nor svm: virtualization is off in the firmware", "Intel VT-x",
		},
		"firmware, AMD": {noDevice, map[string]string{"/proc/cpuinfo": amdOff}, "neither vmx nor svm", "AMD SVM"},
		"nested off under KVM": {
			noDevice,
			map[string]string{"/proc/cpuinfo": intelVirtual, "/sys/class/dmi/id/sys_vendor": "QEMU\n"},
			"the host of this virtual machine (QEMU) has nested virtualization off", "sudo modprobe kvm_intel nested=1",
		},
		"nested off under VirtualBox": {
			noDevice,
			map[string]string{"/proc/cpuinfo": intelVirtual, "/sys/class/dmi/id/sys_vendor": "innotek GmbH\n", "/sys/class/dmi/id/product_name": "VirtualBox\n"},
			"innotek GmbH VirtualBox", "VBoxManage modifyvm NAME --nested-hw-virt on",
		},
		"nested off under Hyper-V": {
			noDevice,
			map[string]string{"/proc/cpuinfo": intelVirtual, "/sys/class/dmi/id/sys_vendor": "Microsoft Corporation\n"},
			"Microsoft Corporation", "-ExposeVirtualizationExtensions $true",
		},
		"WSL 1": {noDevice, map[string]string{"/proc/cpuinfo": intelFull, release: "4.4.0-19041-Microsoft\n"}, "version 1 of the Windows", "wsl --set-version NAME 2"},
		"WSL 2, nested off": {
			noDevice,
			map[string]string{"/proc/cpuinfo": intelVirtual, release: "5.15.90.1-microsoft-standard-WSL2\n"},
			"version 2 of the Windows", `nestedVirtualization=true below [wsl2] into %UserProfile%\.wslconfig`,
		},
		"WSL 2, module not loaded": {
			noDevice,
			map[string]string{"/proc/cpuinfo": intelFull, release: "5.15.90.1-microsoft-standard-WSL2\n"},
			"the module is not loaded", "sudo modprobe kvm_intel",
		},
		"container without the device": {
			noDevice,
			map[string]string{"/proc/cpuinfo": intelFull, "/.dockerenv": "", "/sys/module/kvm_intel/refcnt": "0", "/sys/class/misc/kvm/dev": "10:232\n"},
			"/.dockerenv: this is a container", "docker run --device /dev/kvm",
		},
		"container on a host without the module": {
			noDevice,
			map[string]string{"/proc/cpuinfo": intelFull, "/proc/1/cgroup": "0::/docker/0123\n"},
			"/proc/1/cgroup: this is a container", "on the container's host: load it: sudo modprobe kvm_intel",
		},
		"container that may not use the device": {
			forbidden,
			map[string]string{"/proc/cpuinfo": intelFull, "/run/.containerenv": "", "/sys/class/misc/kvm/dev": "10:232\n"},
			"/run/.containerenv", "docker run --device /dev/kvm",
		},
		"device without a node": {
			noDevice,
			map[string]string{"/proc/cpuinfo": intelFull, "/sys/module/kvm_intel/refcnt": "0", "/sys/class/misc/kvm/dev": "10:232\n"},
			"/dev does not show it", "sudo mknod -m 660 /dev/kvm c 10 232",
		},
		"KVM in software": {
			noGuest,
			map[string]string{"/proc/cpuinfo": intelVirtual, "/sys/module/kvm_intel/refcnt": "0"},
			"what answers behind the device is no hardware", "nested=1",
		},
		"nested and broken":  {noGuest, map[string]string{"/proc/cpuinfo": amdNested}, "KVM is nested in the host of this virtual machine", "update the kernel of its host"},
		"VirtualBox's rival": {noGuest, map[string]string{"/proc/cpuinfo": intelFull, "/sys/module/vboxdrv/refcnt": "1"}, "/sys/module/vboxdrv", "sudo modprobe -r vboxnetadp vboxnetflt vboxdrv"},
		"broken for unknown reasons": {
			noGuest, map[string]string{"/proc/cpuinfo": intelFull}, "", "sudo dmesg | grep -i kvm",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := advise(test.trouble, kvmDevice, machineOf(t, test.files).kvmHost(), deviceAccess{})
			if !strings.Contains(strings.Join(a.evidence, "\n"), test.evidence) {
				t.Errorf("the evidence is %q; want %q", a.evidence, test.evidence)
			}
			if len(a.fixes) == 0 || !strings.Contains(a.fixes[0], test.fix) || strings.Contains(a.fixes[0], "%!") {
				t.Errorf("the fixes are %q; want %q first", a.fixes, test.fix)
			}
		})
	}
}

// TestWhoMayOpenTheDeviceIsReadFromTheMachine has one device for each reason why a
// person may not.
func TestWhoMayOpenTheDeviceIsReadFromTheMachine(t *testing.T) {
	t.Parallel()
	device := filepath.Join(t.TempDir(), "kvm")
	if err := os.WriteFile(device, nil, 0o660); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(device, 0o660); err != nil { // whatever the umask is
		t.Fatal(err)
	}
	user, group := strconv.Itoa(os.Geteuid()), strconv.Itoa(os.Getegid())
	files := machineOf(t, map[string]string{
		"/etc/passwd": "root:x:4242:0::/:/bin/sh\nada:x:" + user + ":0::/:/bin/sh\n",
		"/etc/group":  "root:x:4242:\nkvm:x:" + group + ":ada,bob\n",
	})
	a := files.access(device)
	if want := (deviceAccess{group: "kvm", mayGroup: true, member: true, inProcess: true, user: "ada"}); a != want {
		t.Errorf("read %+v; want %+v", a, want)
	}
	if err := os.Chmod(device, 0o600); err != nil {
		t.Fatal(err)
	}
	if files.access(device).mayGroup {
		t.Error("a group that may not is said to")
	}
	for fix, may := range map[string]deviceAccess{
		"sudo usermod -aG kvm ada, then log out and in again":       {group: "kvm", mayGroup: true, user: "ada"},
		"log out and in again, or for this shell alone: newgrp kvm": {group: "kvm", mayGroup: true, member: true, user: "ada"},
		"sudo chgrp kvm /dev/kvm && sudo chmod 660 /dev/kvm":        {group: "root", user: "ada"},
		"ls -l /dev/kvm": {},
	} {
		if a := advise(noAccess, kvmDevice, kvmHost{}, may); !strings.Contains(strings.Join(a.fixes, "\n"), fix) {
			t.Errorf("%+v: the fixes are %q; want %q", may, a.fixes, fix)
		}
	}
}
