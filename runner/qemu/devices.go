package qemu

import (
	"fmt"
	"strconv"
	"strings"
)

// Devices are what a machine has beside its processors, memory and console. The zero
// value is none: no disk, no network, nothing shared.
type Devices struct {
	NUMA     int // nodes that processors and memory are spread over; 0 and 1 are one
	Disks    []Disk
	Network  Network
	Forwards []Forward // of the network
	Share    Share
	Serial2  bool // a second serial port, COM2
}

// None says whether there are no devices at all.
func (d Devices) None() bool {
	return d.NUMA <= 1 && len(d.Disks) == 0 && d.Network == NoNetwork && len(d.Forwards) == 0 && d.Share.Path == "" && !d.Serial2
}

// Disk is an image that the guest sees as a disk. Nothing that a guest writes ever
// reaches the file.
type Disk struct {
	Path     string
	Format   string // as QEMU names it; "" is raw
	Snapshot bool   // the guest may write: what it wrote is thrown away
}

// Network is what a guest can reach.
type Network string

// The networks. All are QEMU's own, in user mode: nothing else of the host is touched.
const (
	NoNetwork Network = ""
	Isolated  Network = "isolated" // what is forwarded comes in, nothing goes out
	User      Network = "user"     // goes out as the user who started it would, to this host's own ports, too
)

// Forward lets a port of this host's loopback lead to one of the guest's.
type Forward struct {
	Protocol    string // tcp or udp
	Host, Guest int
}

// Share is a folder that the guest may mount under the tag "share".
type Share struct {
	Path     string // "" for none
	Writable bool
	Daemon   string // virtiofsd, which serves it by virtiofs; "" is QEMU itself, by 9p
}

// CheckDevices finds what the machine cannot have.
func (c Config) CheckDevices() error {
	d := c.Devices
	if d.Serial2 && !c.x86() {
		return fmt.Errorf("serial2: a second serial port is an ISA one, which %s has not", c.Binary)
	}
	if len(d.Forwards) > 0 && d.Network == NoNetwork {
		return fmt.Errorf("forward: ports of a guest without a network cannot be reached: set net=isolated or net=user")
	}
	if c.virtiofs() && c.Memory <= 0 {
		return fmt.Errorf("share: virtiofs shares the guest's memory, the size of which is not given")
	}
	if d.NUMA <= 1 {
		return nil
	}
	cpus := max(c.CPUs, 1)
	switch {
	case c.isMicrovm():
		return fmt.Errorf("numa: QEMU's microvm has one node only: choose --machine pc or q35")
	case cpus%d.NUMA != 0:
		return fmt.Errorf("numa: %d CPUs cannot be spread evenly over %d nodes: choose --cpus %d", cpus, d.NUMA, (cpus/d.NUMA+1)*d.NUMA)
	case mebibytes(c.Memory) < int64(d.NUMA):
		return fmt.Errorf("numa: %d MiB of memory are too little for %d nodes: give it more with --memory", mebibytes(c.Memory), d.NUMA)
	}
	return nil
}

func (c Config) isMicrovm() bool {
	name, _, _ := strings.Cut(c.Machine, ",")
	return name == "microvm"
}

// processors are the virtual CPUs; each NUMA node is a socket with its share of them
// and of the memory, as on real machines.
func (c Config) processors() []string {
	cpus, nodes := max(c.CPUs, 1), c.Devices.NUMA
	if nodes <= 1 {
		return []string{"-smp", strconv.Itoa(cpus)}
	}
	args := []string{"-smp", fmt.Sprintf("cpus=%d,sockets=%d,cores=%d,threads=1", cpus, nodes, cpus/nodes)}
	left := mebibytes(c.Memory)
	for n := range nodes {
		size := left / int64(nodes-n)
		left -= size
		id := ownID("node", n)
		args = append(args,
			"-object", c.memoryBackend(id, size),
			"-numa", fmt.Sprintf("node,nodeid=%d,memdev=%s,cpus=%d-%d", n, id, n*cpus/nodes, (n+1)*cpus/nodes-1))
	}
	return args
}

// mebibytes rounds up: QEMU counts memory so.
func mebibytes(bytes int64) int64 { return (bytes + 1<<20 - 1) >> 20 }

// ownID names a part of the machine that is ours; catalog.CheckExtra keeps others
// from taking such a name.
func ownID(what string, n int) string { return fmt.Sprintf("slipway-%s%d", what, n) }

// attached are the arguments for disks, network and share.
func (c Config) attached() []string {
	d, bus := c.Devices, "pci"
	if c.isMicrovm() {
		bus = "device" // there is no PCI: each sits on a virtio-mmio transport of its own
	}
	var args []string
	for n, disk := range d.Disks {
		id, format, mode := ownID("disk", n), disk.Format, "readonly=on"
		if format == "" {
			format = "raw"
		}
		if disk.Snapshot {
			mode = "snapshot=on"
		}
		args = append(args,
			"-drive", fmt.Sprintf("if=none,id=%s,format=%s,%s,file=%s", id, format, mode, escape(disk.Path)),
			"-device", fmt.Sprintf("virtio-blk-%s,drive=%s", bus, id))
	}
	if d.Network != NoNetwork {
		id := ownID("net", 0)
		backend := "user,id=" + id
		if d.Network == Isolated {
			backend += ",restrict=on"
		}
		for _, f := range d.Forwards {
			backend += fmt.Sprintf(",hostfwd=%s:127.0.0.1:%d-:%d", f.Protocol, f.Host, f.Guest)
		}
		card := fmt.Sprintf("virtio-net-%s,netdev=%s", bus, id)
		if bus == "pci" {
			card += ",romfile=" // nothing is booted from the network: its ROM would only take time
		}
		args = append(args, "-netdev", backend, "-device", card)
	}
	switch {
	case c.virtiofs():
		args = append(args, "-device", fmt.Sprintf("vhost-user-fs-%s,chardev=%s,tag=share", bus, ownID("share", 0)))
	case d.Share.Path != "":
		id := ownID("share", 0)
		// What a guest makes is never a device or a set-user-id file on the host:
		// owners and modes are kept in extended attributes.
		mode := "security_model=mapped-xattr"
		if !d.Share.Writable {
			mode = "security_model=none,readonly=on"
		}
		args = append(args,
			"-fsdev", fmt.Sprintf("local,id=%s,%s,multidevs=remap,path=%s", id, mode, escape(d.Share.Path)),
			"-device", fmt.Sprintf("virtio-9p-%s,fsdev=%s,mount_tag=share", bus, id))
	}
	return args
}

// escape writes a path as QEMU's option lists have it: a comma is doubled.
func escape(path string) string { return strings.ReplaceAll(path, ",", ",,") }

// secondSerial connects COM2 to a file. A machine that has one port, as microvm, gets
// another; its number keeps it from becoming the console.
func (c Config) secondSerial(path string) []string {
	if !c.Devices.Serial2 {
		return nil
	}
	return []string{
		"-chardev", "file,id=serial2,path=" + escape(path),
		"-device", "isa-serial,index=1,chardev=serial2",
	}
}
