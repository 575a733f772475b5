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
enum { QUEUES_ON = 0x01, HAS_QUEUES = 0xc0, QUEUE = 16 };

static int early = -1; /* a byte that came before the queues were switched on */
static int burst = 1;  /* bytes that may be sent when CAN_SEND is seen */
static int room;       /* what is left of it */

void serial_init(void) {
	outb(INTERRUPTS, 0);
	outb(LINE_CONTROL, 0x80); /* the next two registers are the divisor */
	outb(DATA, 1);            /* 115200 baud */
	outb(INTERRUPTS, 0);
	outb(LINE_CONTROL, 0x03); /* 8 bits, no parity, 1 stop bit */
	if (inb(LINE_STATUS) & RECEIVED)
		early = inb(DATA);
	outb(FIFO, QUEUES_ON); /* which empties them */
	if ((inb(FIFO) & HAS_QUEUES) == HAS_QUEUES)
		burst = QUEUE;
	outb(MODEM_CONTROL, 0x03);
}

/* CAN_SEND means that the queue is empty: asking once for all of it halves the
 * accesses to the device, which are what output costs in a virtual machine. */
static void send(u8 byte) {
	if (!room) {
		while (!(inb(LINE_STATUS) & CAN_SEND))
			pause();
		room = burst;
	}
	outb(DATA, byte);
	room--;
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
