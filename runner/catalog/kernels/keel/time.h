/* time.h - a clock: the time stamp counter, calibrated. */
#pragma once

#include "types.h"

#define SECOND 1000000000ul /* in ns */

void time_start(void);       /* begins to measure the counter's speed */
void time_init(void);        /* needs the result, and waits for it */
u64 time_now(void);          /* ns since time_init */
u64 time_of_day(void);       /* ns since 1970, by the machine's clock */
void time_wait_until(u64 t); /* a time of time_now's */
