/* serial.h - the console: a 16550 UART at COM1. */
#pragma once

#include "types.h"

void serial_init(void);
void serial_write(const char *text, size_t n); /* "\n" goes out as "\r\n" */
void serial_drain(void);                       /* until the last bit is out */
int serial_ready(void);                        /* is there input? */
u8 serial_read(void);                          /* waits for input */
