/*
 * marker.c - what the workbench is told: "@slipway ..." lines on port 0xe9, which
 * QEMU's isa-debugcon hands over on a pipe of its own. A port without a device
 * swallows them.
 */
#include "marker.h"

#include "cpu.h"
#include "print.h"
#include "serial.h"
#include "string.h"

enum { DEBUGCON = 0xe9, DEBUG_EXIT = 0xf4, KEYBOARD = 0x64 };
enum { ENDED = 0x10, PULSE_RESET = 0xfe };

/* What a read of the port answers where a marker shall say the counter, because it
 * counts instructions; at any other time that would only make a marker slower. */
enum { COUNTED = 0x1c };

static int counted;

static void put(const char *text) {
	while (*text)
		outb(DEBUGCON, *text++);
}

void marker_with(const char *what, const char *text) {
	put("@slipway ");
	put(what);
	put(text);
	put("\n");
}

void marker(const char *text) { marker_with("", text); }

/* A marker of the timeline. Its counter is read before anything is written. */
static void timed_marker(const char *text) {
	char counter[32] = "";
	if (counted) {
		u64 now = rdtsc();
		memcpy(counter, " tsc=", 5);
		decimal(counter + 5, now);
	}
	marker_with(text, counter);
}

/*
 * An instruction that does nothing, by which whoever counts instructions one by one
 * knows where it is: a nop with an address that nobody else gives it.
 */
#define SIGNPOST(number) __asm__ volatile("nopl 0x574c5300+" #number "(%rax)")

void marker_boot(void) {
	counted = inb(DEBUGCON) == COUNTED;
	SIGNPOST(1);
	timed_marker("boot");
}

void marker_app(void) {
	SIGNPOST(2);
	timed_marker("app");
}

/*
 * The status goes with the marker: isa-debug-exit keeps only 7 bits of it. Without
 * that device a reset ends QEMU too (-no-reboot), and without a keyboard
 * controller, as on microvm, a triple fault does.
 */
NORETURN void end_vm(int status) {
	struct { u16 limit; u64 base; } __attribute__((packed)) none = {0, 0};
	char text[16] = "exit ";
	decimal(text + 5, status & 255);
	serial_drain();
	SIGNPOST(3);
	timed_marker(text);
	outb(DEBUG_EXIT, ENDED);
	outb(KEYBOARD, PULSE_RESET);
	__asm__ volatile("lidt %0; int3" : : "m"(none));
	for (;;)
		__asm__ volatile("cli; hlt");
}
