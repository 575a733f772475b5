/*
 * count.c - a plugin for QEMU's TCG that counts the instructions a guest executes, into
 * a page that it shares with the workbench: file descriptor fd=N.
 *
 * A guest may show where it is by a signpost, a nop with an address that nobody else
 * gives it: nopl 0x574c5300+NUMBER(%rax). The count at the first of each number is kept.
 *
 * The few declarations below are QEMU's public plugin interface (docs/devel/tcg-plugins;
 * the header is in no package of most distributions). API is its version, that QEMU
 * looks for in qemu_plugin_version: the workbench builds one for each until one fits.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };
typedef struct qemu_info_t {
	const char *target_name;
	struct { int min, cur; } version;
	bool system_emulation;
	union { struct { int smp_vcpus, max_vcpus; } system; };
} qemu_info_t;
typedef void (*on_translation)(qemu_plugin_id_t, struct qemu_plugin_tb *);
typedef void (*on_execution)(unsigned vcpu, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, on_translation);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, on_execution, enum qemu_plugin_cb_flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *, on_execution, enum qemu_plugin_cb_flags, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
#if API < 2
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *, enum qemu_plugin_op, void *, uint64_t);
#endif
#if API < 3
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
#else
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *, void *to, size_t length);
#endif

__attribute__((visibility("default"))) int qemu_plugin_version = API;
__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t, const qemu_info_t *, int, char **);

enum { SIGNPOSTS = 4, SIGNPOST_SIZE = 7 };

static struct {
	uint64_t executed;
	uint64_t at[SIGNPOSTS];
} *page;

static bool x86, one_cpu;

/* signpost is the number of the one that an instruction is, 0 for any other. */
static unsigned signpost(const struct qemu_plugin_insn *insn) {
	if (!x86 || qemu_plugin_insn_size(insn) != SIGNPOST_SIZE)
		return 0;
	uint8_t code[SIGNPOST_SIZE];
#if API < 3
	memcpy(code, qemu_plugin_insn_data(insn), sizeof code);
#else
	if (qemu_plugin_insn_data(insn, code, sizeof code) != sizeof code)
		return 0;
#endif
	bool ours = !memcmp(code, "\x0f\x1f\x80", 3) && !memcmp(code + 4, "SLW", 3);
	return ours && code[3] < SIGNPOSTS ? code[3] : 0;
}

static void add(unsigned vcpu, void *instructions) {
	(void)vcpu;
	__atomic_fetch_add(&page->executed, (uintptr_t)instructions, __ATOMIC_RELAXED);
}

/* A block was counted whole as it began: what of it is still to come is taken off. */
static void passed(unsigned vcpu, void *data) {
	(void)vcpu;
	unsigned number = (uintptr_t)data % SIGNPOSTS;
	uint64_t to_come = (uintptr_t)data / SIGNPOSTS;
	if (!page->at[number])
		page->at[number] = __atomic_load_n(&page->executed, __ATOMIC_RELAXED) - to_come;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
	(void)id;
	size_t n = qemu_plugin_tb_n_insns(block);
#if API < 2
	if (one_cpu)
		qemu_plugin_register_vcpu_tb_exec_inline(block, QEMU_PLUGIN_INLINE_ADD_U64, &page->executed, n);
	else
#endif
		qemu_plugin_register_vcpu_tb_exec_cb(block, add, QEMU_PLUGIN_CB_NO_REGS, (void *)n);
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(block, i);
		unsigned number = signpost(insn);
		if (number)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, passed, QEMU_PLUGIN_CB_NO_REGS, (void *)((n - i) * SIGNPOSTS + number));
	}
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
	int fd = argc == 1 && !strncmp(argv[0], "fd=", 3) ? atoi(argv[0] + 3) : -1;
	page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED || !info->system_emulation)
		return -1;
	x86 = !strcmp(info->target_name, "x86_64") || !strcmp(info->target_name, "i386");
	one_cpu = info->system.max_vcpus == 1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
