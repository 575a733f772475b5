package catalog_test

import (
	"strings"
	"testing"

	"slipway/runner/catalog"
)

func TestExtraArgumentsLeaveTheMachineInOurHands(t *testing.T) {
	t.Parallel()
	for _, refused := range []string{
		"-S", "--S", "-daemonize", "--preconfig", "-nographic", "-serial stdio", "-display gtk", "-monitor stdio", "-monitor mon:stdio",
		"-qmp chardev:monitor", "-mon monitor", "-mon chardev=monitor,mode=readline", "-chardev null,id=console", "-chardev stdio,id=mine",
		"-chardev socket,id=mine,port=4444,server=on", "-chardev socket,id=mine,fd=3", "-monitor tcp::4444,server", "-s", "-gdb tcp::1234",
		"-kernel vmlinuz", "-initrd x", "-append quiet", "-machine q35", "-M q35", "-m 1G", "-smp 4", "-accel kvm", "-icount 3", "-no-shutdown",
		"-netdev user,id=n", "-nic user", "-net user", "-hda disk.img", "-drive file=disk.img", "-drive file=disk.img,readonly=off",
		"-blockdev driver=file,filename=x,node-name=y", `-blockdev {"driver":"file"}`, "disk.img", "-usb disk.img", "-device", "-set drive.slipway-disk0.readonly=off",
		"-readconfig file", "-virtfs local,path=/,mount_tag=host,security_model=none", "-fsdev local,id=x,path=/", "-device isa-serial,chardev=console", "-drive id=slipway-disk0,readonly=on,file=x", "-device virtio-net-pci,netdev=slipway-net0",
		"-object memory-backend-file,id=m,size=1M,mem-path=disk.img,share=on", "-chardev file,id=z,path=disk.img", "-D disk.img", "-trace file=disk.img",
		"-drive file=x,readonly=on,readonly=off", "-drive file=x,snapshot=on,snapshot=off", "-drive media=cdrom,file=x,readonly=off", "-drive media=cdrom,file=x",
		"-blockdev driver=file,filename=x,node-name=y,read-only=on,read-only=off", "-fsdev local,id=x,path=/,readonly=on,readonly=off",
		"-chardev backend=socket,id=s,host=0.0.0.0,port=5604,server=on", "-chardev id=x,backend=stdio", "-qtest tcp:0.0.0.0:5601,server=on",
		"-monitor udp:127.0.0.1:1@0.0.0.0:5602", "-chardev udp,id=u,host=127.0.0.1,port=1,localaddr=0.0.0.0,localport=5603",
		"-chardev udp,id=u,host=127.0.0.1,port=1,localport=5603", "-chardev socket,id=s,host=127.0.0.1,host=0.0.0.0,port=1", "-chardev file,id=f,path=a.log,path=disk.img",
		"-watchdog-action pause", "-chroot /", "-runas x", "-an-option-of-tomorrow x", "-trace file=a.log,file=disk.img",
		"-parallel file:disk.img", "-chardev pipe,id=z,path=x", "-parallel /dev/sda", "-object filter-dump,id=f,netdev=n,file=disk.img",
	} {
		if err := catalog.CheckExtra(strings.Fields(refused)); err == nil {
			t.Errorf("%s was let through", refused)
		}
	}
	for _, taken := range []string{
		"", "-device virtio-rng-pci", "-cpu max", "-usb -device usb-tablet", "-rtc base=2024-01-01", "-global isa-serial.index=1", "-no-reboot -snapshot",
		"-drive if=none,id=cd,file=a,,b.iso,readonly=on -device ide-cd,drive=cd", "-drive file=x,snapshot=on", "-fsdev local,id=x,path=/src,security_model=none,readonly=on", "-bios firmware.bin", "-d int -D trace.log",
		"-chardev file,id=mine,path=out.log -device isa-serial,chardev=mine", "-chardev socket,id=mine,host=127.0.0.1,port=4444,server=on,wait=off",
		"-qmp unix:qmp.sock,server,nowait", "-monitor tcp:127.0.0.1:4444,server,nowait", "-object memory-backend-ram,id=more,size=64M", "-name slipway",
		"-object memory-backend-memfd,id=m,size=1M", "-object memory-backend-file,id=m,size=1M,mem-path=x,readonly=on", "-parallel file:lpt.log",
	} {
		if err := catalog.CheckExtra(strings.Fields(taken)); err != nil {
			t.Errorf("%s: %v", taken, err)
		}
	}
}

func TestSplitWords(t *testing.T) {
	t.Parallel()
	got, err := catalog.SplitWords(`  -name "a b"' c'  -device x,y='' '' 'it'\''s' "\"" '\'`)
	if want := `-name|a b c|-device|x,y=||it's|"|\`; err != nil || strings.Join(got, "|") != want {
		t.Errorf("%q, %v; want %q", strings.Join(got, "|"), err, want)
	}
	for _, open := range []string{`-name "a`, `-name a\`} {
		if _, err := catalog.SplitWords(open); err == nil {
			t.Errorf("%s was taken", open)
		}
	}
}
