/*
 * fault.c - the CPU's exceptions. An app that faults ends the machine: registers
 * and address go to the console, a marker to the workbench, and the exit status is
 * the one a shell would show for the signal that Linux sends.
 */
#include "fault.h"

#include "cpu.h"
#include "marker.h"
#include "paging.h"
#include "print.h"
#include "string.h"

extern const u64 vectors[32];
extern u64 gdt[];
extern char fault_stack_end[];

struct trap_frame {
	u64 rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15;
	u64 vector, error, rip, cs, flags, rsp, ss;
};

enum { DIVIDE = 0, NMI = 2, UNDEFINED = 6, PROTECTION = 13, PAGE_FAULT = 14, X87 = 16, ALIGNMENT = 17, SIMD = 19 };
enum { SIGILL = 4, SIGABRT = 6, SIGBUS = 7, SIGFPE = 8, SIGSEGV = 11 };

static const struct { const char *name; int signal; } exceptions[32] = {
	[DIVIDE] = {"divide error", SIGFPE},
	[UNDEFINED] = {"undefined instruction", SIGILL},
	[PROTECTION] = {"general protection fault", SIGSEGV},
	[PAGE_FAULT] = {"page fault", SIGSEGV},
	[X87] = {"floating-point error", SIGFPE},
	[ALIGNMENT] = {"alignment fault", SIGBUS},
	[SIMD] = {"SIMD floating-point error", SIGFPE},
};

/* Intel SDM volume 3, 6.14.1: a gate of the interrupt descriptor table. */
static struct gate {
	u16 low, selector;
	u8 stack, type;
	u16 middle;
	u32 high, zero;
} __attribute__((packed)) table[32];

/* Intel SDM volume 3, 7.7: only the interrupt stack table of it is used. */
static struct {
	u32 reserved0;
	u64 rsp[3], reserved1, stacks[7], reserved2;
	u16 reserved3, io_map;
} __attribute__((packed)) task_state;

void fault_init(void) {
	enum { CODE = 8, TASK = 24, INTERRUPT_GATE = 0x8e, TASK_AVAILABLE = 0x89, FIRST_STACK = 1 };
	for (int i = 0; i < 32; i++) {
		u64 at = vectors[i];
		table[i] = (struct gate){at, CODE, FIRST_STACK, INTERRUPT_GATE, at >> 16, at >> 32, 0};
	}
	struct { u16 limit; u64 base; } __attribute__((packed)) pointer = {sizeof table - 1, (u64)table};
	__asm__ volatile("lidt %0" : : "m"(pointer));

	/* A stack of its own, so that an app that ran out of stack can still be told. */
	u64 base = (u64)&task_state;
	task_state.stacks[0] = (u64)fault_stack_end;
	task_state.io_map = sizeof task_state;
	gdt[3] = (sizeof task_state - 1) | (base & 0xffffff) << 16 | (u64)TASK_AVAILABLE << 40 | (base >> 24 & 0xff) << 56;
	gdt[4] = base >> 32;
	__asm__ volatile("ltr %w0" : : "r"(TASK));
}

static char *append(char *to, const char *text) {
	memcpy(to, text, strlen(text) + 1);
	return to + strlen(text);
}

static void print_register(const char *name, u64 value, int last) {
	print("  ");
	print(name);
	print_hex(value);
	if (last)
		print("\n");
}

static void print_registers(const struct trap_frame *f) {
	const struct { const char *name; u64 value; } list[] = {
		{"rip ", f->rip}, {"rsp ", f->rsp}, {"rfl ", f->flags}, {"rax ", f->rax}, {"rbx ", f->rbx}, {"rcx ", f->rcx},
		{"rdx ", f->rdx}, {"rsi ", f->rsi}, {"rdi ", f->rdi}, {"rbp ", f->rbp}, {"r8  ", f->r8}, {"r9  ", f->r9},
		{"r10 ", f->r10}, {"r11 ", f->r11}, {"r12 ", f->r12}, {"r13 ", f->r13}, {"r14 ", f->r14}, {"r15 ", f->r15},
	};
	for (int i = 0; i < 18; i++)
		print_register(list[i].name, list[i].value, i % 3 == 2);
}

/* What it does can fault too, when the app has overwritten keel: then only the end is left. */
NORETURN void fault(const struct trap_frame *f) {
	static int again;
	if (again++)
		end_vm(128 + SIGSEGV);
	const char *name = exceptions[f->vector].name ? exceptions[f->vector].name : "exception";
	int signal = exceptions[f->vector].signal ? exceptions[f->vector].signal : SIGABRT;
	char text[160] = "fault ", *to = append(text + 6, name);
	if (f->vector == PAGE_FAULT) {
		const char *how = f->error & 2 ? " writing " : f->error & 16 ? " fetching " : " reading ";
		to = append(to, how);
		to = hex(to, fault_address());
		if (paging_is_guard(fault_address()))
			to = append(to, " (the stack is full)");
	}
	hex(append(to, " at "), f->rip);

	print("\nkeel: ");
	print(text + 6);
	print(", vector ");
	print_decimal(f->vector);
	print(", error ");
	print_hex(f->error);
	print("\n");
	print_registers(f);
	marker(text);
	end_vm(128 + signal);
}
