/*
 * stack.c - the app's first stack, as the System V ABI's AMD64 supplement, section
 * 3.4.1, has it: argument count, arguments, environment, auxiliary vector.
 */
#include "stack.h"

#include "bootinfo.h"
#include "cpu.h"
#include "string.h"

enum { MOST_ARGS = 64, MOST_TEXT = COMMAND_LINE };

/* Entries of the auxiliary vector (Linux, include/uapi/linux/auxvec.h). */
enum {
	AT_NULL = 0, AT_PHDR = 3, AT_PHENT = 4, AT_PHNUM = 5, AT_PAGESZ = 6, AT_ENTRY = 9, AT_UID = 11, AT_EUID = 12, AT_GID = 13,
	AT_EGID = 14, AT_HWCAP = 16, AT_CLKTCK = 17, AT_SECURE = 23, AT_RANDOM = 25, AT_EXECFN = 31,
};

/* split cuts text into words in place, as Linux does: double quotes keep spaces
 * together. It returns how many there are, or -1 for more than fit. */
static int split(char *text, u64 *words) {
	int count = 0;
	char *to = text;
	for (;;) {
		while (*text == ' ')
			text++;
		if (!*text)
			return count;
		if (count == MOST_ARGS)
			return -1;
		words[count++] = (u64)to;
		for (int quoted = 0; *text && (quoted || *text != ' '); text++) {
			if (*text == '"')
				quoted = !quoted;
			else
				*to++ = *text;
		}
		if (*text)
			text++;
		*to++ = 0;
	}
}

u64 stack_build(u64 top, const char *args, const struct program *app) {
	u64 words[MOST_ARGS];
	u64 *random = (u64 *)(top - 16);
	random[0] = rdtsc() * 0x9e3779b97f4a7c15ul; /* for stack protectors: no secret, but not the same twice */
	random[1] = rdtsc() * 0xbf58476d1ce4e5b9ul;

	char *text = (char *)(top - 16 - MOST_TEXT);
	memcpy(text, args, strlen(args) + 1);
	int count = split(text, words);
	if (count < 0)
		return 0;
	if (!count) {
		memcpy(text, "app", 4);
		words[count++] = (u64)text;
	}
	const u64 auxiliary[] = {
		AT_PHDR, app->headers, AT_PHENT, app->header_size, AT_PHNUM, app->header_count, AT_PAGESZ, PAGE, AT_ENTRY, app->entry,
		AT_UID, 0, AT_EUID, 0, AT_GID, 0, AT_EGID, 0, AT_HWCAP, cpuid(1).d, AT_CLKTCK, 100, AT_SECURE, 0,
		AT_RANDOM, (u64)random, AT_EXECFN, words[0], AT_NULL, 0,
	};
	u64 size = (1 + count + 1 + 1) * 8 + sizeof auxiliary;
	u64 *stack = (u64 *)(((u64)text - size) & ~15ul);
	u64 *at = stack;
	*at++ = count;
	for (int i = 0; i < count; i++)
		*at++ = words[i];
	*at++ = 0; /* end of the arguments */
	*at++ = 0; /* no environment */
	memcpy(at, auxiliary, sizeof auxiliary);
	return (u64)stack;
}
