/* fault.h - the CPU's exceptions. */
#pragma once

void fault_init(void);
