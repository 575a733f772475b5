package provision

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/xi2/xz"
)

// Offsets of the x86 boot protocol's setup header (Linux,
// Documentation/arch/x86/boot.rst).
const (
	offSetupSectors  = 0x1f1
	offMagic         = 0x202
	offVersion       = 0x206
	offPayload       = 0x248 // from protocol 2.08
	offPayloadLength = 0x24c
	headerEnd        = 0x250
)

// Vmlinux takes the ELF kernel out of an x86 bzImage. QEMU boots it through its
// PVH note without running the kernel's own decompressor in the guest.
func Vmlinux(image []byte) ([]byte, error) {
	if len(image) < headerEnd || string(image[offMagic:offMagic+4]) != "HdrS" {
		return nil, errors.New("it is no bzImage: the setup header is missing")
	}
	if version := binary.LittleEndian.Uint16(image[offVersion:]); version < 0x208 {
		return nil, fmt.Errorf("its boot protocol %d.%02d is older than 2.08: it does not say where its payload is", version>>8, version&0xff)
	}
	setup := int64(image[offSetupSectors])
	if setup == 0 {
		setup = 4
	}
	start := (setup+1)*512 + int64(binary.LittleEndian.Uint32(image[offPayload:]))
	end := start + int64(binary.LittleEndian.Uint32(image[offPayloadLength:]))
	if start >= end || end > int64(len(image)) {
		return nil, errors.New("its payload lies outside of the file: it is cut short or damaged")
	}
	kernel, err := decompress(image[start:end])
	if err != nil {
		return nil, fmt.Errorf("unpack its payload: %w", err)
	}
	if !bytes.HasPrefix(kernel, []byte("\x7fELF")) {
		return nil, errors.New("its payload is no ELF file")
	}
	return kernel, nil
}

// decompress tells the format by its first bytes. The kernel's build puts the
// unpacked size, 4 bytes, behind most formats.
func decompress(p []byte) ([]byte, error) {
	var r io.Reader
	var err error
	switch {
	case bytes.HasPrefix(p, []byte{0x1f, 0x8b}):
		r, err = gzip.NewReader(bytes.NewReader(p))
	case bytes.HasPrefix(p, []byte("\xfd7zXZ\x00")):
		var x *xz.Reader
		if x, err = xz.NewReader(bytes.NewReader(p), 0); err == nil {
			x.Multistream(false)
			r = x
		}
	case bytes.HasPrefix(p, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		var d *zstd.Decoder
		if d, err = zstd.NewReader(bytes.NewReader(p[:len(p)-4]), zstd.WithDecoderMaxMemory(maxKernel)); err == nil {
			defer d.Close()
			r = d
		}
	case bytes.HasPrefix(p, []byte{0x02, 0x21, 0x4c, 0x18}):
		r = lz4.NewReader(bytes.NewReader(p[:len(p)-4]))
	default:
		return nil, fmt.Errorf("unknown compression, first bytes % x", p[:min(6, len(p))])
	}
	if err != nil {
		return nil, err
	}
	kernel, err := io.ReadAll(io.LimitReader(r, maxKernel))
	if int64(len(kernel)) >= maxKernel {
		return nil, fmt.Errorf("it is larger than %d MiB", maxKernel>>20)
	}
	return kernel, err
}
