/* serial.c - the console: a 16550 UART at COM1 (National Semiconductor PC16550D). */
#include "serial.h"

#include "cpu.h"

enum {
	COM1 = 0x3f8,
	DATA = COM1,
	INTERRUPTS = COM1 + 1,
	FIFO = COM1 + 2,
	LINE_CONTROL = COM1 + 3,
	MODEM_CONTROL = COM1 + 4,
	LINE_STATUS = COM1 + 5,
};

enum { RECEIVED = 0x01, CAN_SEND = 0x20, ALL_SENT = 0x40 };

static int early = -1; /* a byte that came before the queues were switched on */

void serial_init(void) {
	outb(INTERRUPTS, 0);
	outb(LINE_CONTROL, 0x80); /* the next two registers are the divisor */
	outb(DATA, 1);            /* 115200 baud */
	outb(INTERRUPTS, 0);
	outb(LINE_CONTROL, 0x03); /* 8 bits, no parity, 1 stop bit */
	if (inb(LINE_STATUS) & RECEIVED)
		early = inb(DATA);
	outb(FIFO, 0x01); /* which empties them */
	outb(MODEM_CONTROL, 0x03);
}

static void send(u8 byte) {
	while (!(inb(LINE_STATUS) & CAN_SEND))
		pause();
	outb(DATA, byte);
}

void serial_write(const char *text, size_t n) {
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\n')
			send('\r');
		send(text[i]);
	}
}

void serial_drain(void) {
	while (!(inb(LINE_STATUS) & ALL_SENT))
		pause();
}

int serial_ready(void) { return early >= 0 || inb(LINE_STATUS) & RECEIVED; }

u8 serial_read(void) {
	while (!serial_ready())
		pause();
	u8 byte = early >= 0 ? early : inb(DATA);
	early = -1;
	return byte;
}
