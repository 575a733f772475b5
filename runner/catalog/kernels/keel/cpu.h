/* cpu.h - instructions that C has no word for. */
#pragma once

#include "types.h"

static inline void outb(u16 port, u8 value) {
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 inb(u16 port) {
	u8 value;
	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

/* The fence keeps the read from moving up before what is timed. */
static inline u64 rdtsc(void) {
	u32 low, high;
	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (u64)high << 32 | low;
}

static inline void wrmsr(u32 msr, u64 value) {
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)));
}

struct cpuid {
	u32 a, b, c, d;
};

static inline struct cpuid cpuid(u32 leaf) {
	struct cpuid r;
	__asm__ volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(0));
	return r;
}

static inline u64 fault_address(void) {
	u64 address;
	__asm__ volatile("mov %%cr2, %0" : "=r"(address));
	return address;
}

static inline void pause(void) { __asm__ volatile("pause" : : : "memory"); }
