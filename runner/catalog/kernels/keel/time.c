/*
 * time.c - a clock: the time stamp counter. Its speed is asked of the hypervisor
 * where it tells (leaf 0x40000010), and else measured against the 8254 timer, whose
 * channel 0 runs at 1193182 Hz on every PC.
 */
#include "time.h"

#include "cpu.h"
#include "print.h"

enum { TIMER_DATA = 0x40, TIMER_COMMAND = 0x43 };
enum { ONE_SHOT = 0x30, READ_BACK = 0xc2, EXPIRED = 0x80 }; /* Intel 8254: mode 0; count and status of channel 0 */
enum { TIMER_HZ = 1193182, SPAN = 1200 }; /* about 1 ms: a reading is good to a few tenths of a us */
enum { CMOS_INDEX = 0x70, CMOS_DATA = 0x71 };

static u64 start;      /* counter at time 0 */
static u64 scale;      /* ns in a tick, as a fraction of 2^32 */
static u64 day_offset; /* time_of_day at time 0; 0: not read yet */

struct reading {
	int expired; /* the timer has run down and begun again */
	u16 timer;
	u64 counter, doubt; /* doubt: counter ticks that stopping the timer took */
};

static struct reading first;

static struct reading read_once(void) {
	struct reading r;
	u64 before = rdtsc();
	outb(TIMER_COMMAND, READ_BACK);
	r.counter = rdtsc();
	r.expired = inb(TIMER_DATA) & EXPIRED;
	u8 low = inb(TIMER_DATA);
	r.timer = low | inb(TIMER_DATA) << 8;
	r.doubt = r.counter - before;
	return r;
}

/* A host that takes the CPU away in the middle spoils a reading: the quickest of
 * a few was disturbed least. */
static struct reading read_timer(void) {
	struct reading best = read_once();
	for (int i = 0; i < 4; i++) {
		struct reading r = read_once();
		if (r.doubt < best.doubt)
			best = r;
	}
	return best;
}

void time_start(void) {
	outb(TIMER_COMMAND, ONE_SHOT);
	outb(TIMER_DATA, 0xff);
	outb(TIMER_DATA, 0xff);
	int tries = 0;
	do /* the count is loaded with the next tick */
		first = read_timer();
	while (first.timer > 0xfff0 && ++tries < 100);
}

/* The timer runs down in 55 ms. A host that took the CPU away for longer would be
 * seen as a fast counter: then all is done again. */
static u64 measure_khz(void) {
	for (int attempts = 0; attempts < 10; attempts++) {
		struct reading last = read_timer();
		while (!last.expired && (u16)(first.timer - last.timer) < SPAN)
			last = read_timer();
		if (!last.expired)
			return (last.counter - first.counter) * TIMER_HZ / (u16)(first.timer - last.timer) / 1000;
		time_start();
	}
	return 0; /* there is no timer */
}

static u64 hypervisor_khz(void) {
	enum { HYPERVISOR = 1u << 31 };
	if (!(cpuid(1).c & HYPERVISOR))
		return 0;
	u32 last = cpuid(0x40000000).a;
	return last >= 0x40000010 && last < 0x40001000 ? cpuid(0x40000010).a : 0;
}

void time_init(void) {
	u64 khz = hypervisor_khz();
	if (!khz)
		khz = measure_khz();
	if (!khz) {
		print("keel: there is no timer to measure the clock by: taking the counter's tick for 1 ns\n");
		khz = 1000000;
	}
	scale = (1000000ul << 32) / khz;
	start = rdtsc();
}

u64 time_now(void) { return (unsigned __int128)(rdtsc() - start) * scale >> 32; }

void time_wait_until(u64 t) {
	while (time_now() < t)
		pause();
}

static u32 cmos(u8 index) {
	outb(CMOS_INDEX, index);
	u8 bcd = inb(CMOS_DATA);
	return (bcd >> 4) * 10 + (bcd & 15);
}

/* Days since 1970 of a date of the Gregorian calendar. */
static u64 days(u32 year, u32 month, u32 day) {
	static const u16 before[12] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	u32 y = month > 2 ? year : year - 1; /* the last year whose February has passed */
	return (year - 1970) * 365 + (y / 4 - 1969 / 4) - (y / 100 - 1969 / 100) + (y / 400 - 1969 / 400) + before[(month - 1) % 12] +
	       day - 1;
}

static u64 clock_seconds(void) {
	enum { UPDATING = 0x80 };
	for (int i = 0; i < 10000; i++) {
		outb(CMOS_INDEX, 0x0a);
		if (!(inb(CMOS_DATA) & UPDATING))
			break;
	}
	return days(2000 + cmos(9), cmos(8), cmos(7)) * 86400 + cmos(4) * 3600 + cmos(2) * 60 + cmos(0);
}

/* The clock of the machine is read at the first question only: most apps ask none.
 * Twice, since it may have moved on between its registers. */
u64 time_of_day(void) {
	if (!day_offset) {
		u64 seconds = clock_seconds(), again;
		for (int i = 0; i < 10 && (again = clock_seconds()) != seconds; i++)
			seconds = again;
		day_offset = seconds * SECOND - time_now();
	}
	return day_offset + time_now();
}
