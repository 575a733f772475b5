/*
 * elf.c - the app's ELF file (System V ABI, chapters 4 and 5; AMD64 supplement).
 * Only static programs: there is nobody here who could load their libraries.
 */
#include "elf.h"

#include "string.h"

enum { ELF_MAGIC = 0x464c457f, EM_X86_64 = 62, ET_EXEC = 2, ET_DYN = 3, PT_LOAD = 1, PT_INTERP = 3, CLASS64 = 2 };

#define PIE_BASE (4 * MIB) /* where position-independent programs go */

struct header {
	u8 magic[4], class, rest[11];
	u16 type, machine;
	u32 version;
	u64 entry, program_headers, section_headers;
	u32 flags;
	u16 size, program_header_size, program_header_count;
};

struct program_header {
	u32 type, flags;
	u64 offset, address, physical, file_size, memory_size, align;
};

static const char *check_header(const struct header *h, u64 size) {
	if (size < sizeof *h || *(const u32 *)h->magic != ELF_MAGIC)
		return "it is no ELF file";
	if (h->class != CLASS64 || h->machine != EM_X86_64)
		return "it is not for x86-64";
	if (h->type != ET_EXEC && h->type != ET_DYN)
		return "it is no program: link it";
	u64 table = (u64)h->program_header_count * sizeof(struct program_header);
	if (h->program_header_size != sizeof(struct program_header) || h->program_headers > size || table > size - h->program_headers)
		return "its program headers are damaged, or the file is cut off";
	return NULL;
}

static const char *check_segment(const struct program_header *p, u64 size, u64 bias, u64 low, u64 high) {
	if (p->type == PT_INTERP)
		return "it is dynamic: link it with -static";
	if (p->type != PT_LOAD)
		return NULL;
	if (p->file_size > p->memory_size || p->offset > size || p->file_size > size - p->offset)
		return "a segment of it is damaged, or the file is cut off";
	u64 at = p->address + bias;
	if (at < low)
		return "it begins where keel lies: link it for 2 MiB or above";
	if (at > high || p->memory_size > high - at)
		return NO_ROOM;
	return NULL;
}

/* place copies a segment and notes what it means for the whole. */
static void place(struct program *to, const struct header *h, const struct program_header *p, u64 bias) {
	u64 at = p->address + bias, end = at + p->memory_size;
	memcpy((void *)at, (const u8 *)h + p->offset, p->file_size);
	memset((void *)(at + p->file_size), 0, p->memory_size - p->file_size);
	if (p->offset <= h->program_headers && h->program_headers - p->offset < p->file_size)
		to->headers = at + h->program_headers - p->offset;
	if (PAGE_DOWN(at) < to->start)
		to->start = PAGE_DOWN(at);
	if (PAGE_UP(end) > to->end)
		to->end = PAGE_UP(end);
}

const char *elf_load(struct program *to, const u8 *file, u64 size, u64 low, u64 high) {
	const struct header *h = (const void *)file;
	const char *wrong = check_header(h, size);
	if (wrong)
		return wrong;
	const struct program_header *p = (const void *)(file + h->program_headers);
	u64 bias = h->type == ET_DYN ? PIE_BASE : 0, entry = h->entry + bias;
	int enters = 0;
	for (int i = 0; i < h->program_header_count; i++) {
		if ((wrong = check_segment(&p[i], size, bias, low, high)))
			return wrong;
		if (p[i].type == PT_LOAD && entry - (p[i].address + bias) < p[i].file_size)
			enters = 1;
	}
	if (!enters)
		return "it begins outside its own code: the file is damaged";
	*to = (struct program){
		.entry = entry, .start = ~0ul, .header_count = h->program_header_count, .header_size = h->program_header_size,
	};
	for (int i = 0; i < h->program_header_count; i++)
		if (p[i].type == PT_LOAD)
			place(to, h, &p[i], bias);
	return NULL;
}
