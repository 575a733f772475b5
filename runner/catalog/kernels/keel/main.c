/* main.c - from the loader's hand to the app's first instruction. */
#include "bootinfo.h"
#include "cpu.h"
#include "elf.h"
#include "fault.h"
#include "marker.h"
#include "memory.h"
#include "print.h"
#include "serial.h"
#include "stack.h"
#include "string.h"
#include "syscall.h"
#include "time.h"

extern char bss_end[];
extern u64 low_table[];
extern NORETURN void enter_app(u64 entry, u64 stack);

enum { UNUSABLE = 126 }; /* as a shell says: found, but cannot be run */

static NORETURN void refuse(const char *why) {
	print("keel: cannot run the app: ");
	print(why);
	print("\n");
	end_vm(UNUSABLE);
}

/*
 * Programs may use AVX when CPUID says that the kernel saves its state. Nothing is
 * ever saved here: there is one program, and the kernel uses general registers.
 */
static void enable_vectors(void) {
	enum { XSAVE = 1 << 26, AVX = 1 << 28, OSXSAVE = 1 << 18, X87_SSE = 3, YMM = 4 };
	u32 features = cpuid(1).c;
	if (!(features & XSAVE))
		return;
	u64 cr4;
	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	__asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | OSXSAVE));
	u32 state = X87_SSE | (features & AVX ? YMM : 0);
	__asm__ volatile("xsetbv" : : "c"(0), "a"(state), "d"(0));
}

/* From here on a NULL pointer faults. */
static void take_page_zero_away(void) {
	low_table[0] = 0;
	__asm__ volatile("invlpg 0" : : : "memory");
}

/* The file is in the way of its own segments wherever the loader put it but at
 * the very top. */
static u8 *move_to_top(const struct bootinfo *boot, u64 top) {
	u8 *to = (u8 *)PAGE_DOWN(top - boot->app_size);
	if (boot->app != to)
		memmove(to, boot->app, boot->app_size);
	return to;
}

void kernel_main(u64 info, u32 magic) {
	marker("boot");
	serial_init();
	fault_init();
	enable_vectors();
	syscall_init();

	struct bootinfo boot;
	bootinfo_read(&boot, info, magic);
	u64 top = PAGE_DOWN(boot.memory_end < MEMORY_LIMIT ? boot.memory_end : MEMORY_LIMIT);
	if (!boot.app)
		refuse("there is none: give its ELF file as -initrd");
	if (top < 2 * MIB || boot.app_size > top - 2 * MIB)
		refuse("it does not fit into the memory: give it more");

	struct program app;
	u8 *file = move_to_top(&boot, top);
	const char *wrong = elf_load(&app, file, boot.app_size, PAGE_UP((u64)bss_end), (u64)file);
	if (wrong)
		refuse(wrong);

	/* The file is no longer needed: its memory is the app's now. */
	memory_init(app.end, top);
	u64 stack_size = memory_size() / 8 < MIB ? PAGE_DOWN(memory_size() / 8) : MIB;
	u64 stack = stack_size ? memory_take(stack_size) : 0;
	if (stack_size < 4 * PAGE || !stack)
		refuse("there is no memory left for its stack: give it more");
	syscall_set_break(app.end);
	u64 sp = stack_build(stack + stack_size, boot.args, &app);
	time_init();
	take_page_zero_away();
	marker("app");
	enter_app(app.entry, sp);
}
