/* types.h - the fixed-width types and constants that every file uses. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define PAGE 4096ul
#define PAGE_UP(n) (((n) + PAGE - 1) & ~(PAGE - 1))
#define PAGE_DOWN(n) ((n) & ~(PAGE - 1))
#define MIB (1ul << 20)

#define NORETURN __attribute__((noreturn))
