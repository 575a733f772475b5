/* A guest that does what its command line says, word by word:
 *
 *   say=TEXT    a line on the console; "_" stands for a space in all texts
 *   put=TEXT    the same without an end of line
 *   e9=TEXT     a line on the marker port
 *   e9put=TEXT  the same without an end of line
 *   flood=N     N KiB of numbered lines on the console
 *   port=V      V to the debug exit port
 *   echo        answer console lines until one is "quit"
 *   tally       answer each byte with the number of those that came
 *   off reset triple pvpanic    the ends of a machine
 *   hang idle spin count        the ways not to end
 */
typedef unsigned char byte;
typedef unsigned short word;

static void outb(word port, byte value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
static void outw(word port, word value) { __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port)); }

static byte inb(word port)
{
	byte value;
	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

enum { COM1 = 0x3f8, LSR = COM1 + 5, RECEIVED = 1, SENT = 0x20, MARKERS = 0xe9, DEBUG_EXIT = 0xf4 };

static void putByte(word port, byte c)
{
	if (port == COM1)
		while (!(inb(LSR) & SENT))
			;
	outb(port, c);
}

static void putText(word port, const char *s)
{
	for (; *s && *s != ' '; s++)
		putByte(port, *s == '_' ? ' ' : (byte)*s);
}

static void putLine(word port, const char *s)
{
	putText(port, s);
	putByte(port, '\n');
}

/* after returns what follows a prefix, or 0. */
static const char *after(const char *s, const char *prefix)
{
	while (*prefix)
		if (*s++ != *prefix++)
			return 0;
	return s;
}

static unsigned number(const char *s)
{
	unsigned n = 0;
	for (; *s >= '0' && *s <= '9'; s++)
		n = n * 10 + (unsigned)(*s - '0');
	return n;
}

/* flood sends 16 lines of 64 bytes for each KiB, each with its own number. */
static void flood(unsigned kib)
{
	for (unsigned line = 0; line < kib * 16; line++) {
		unsigned n = line;
		char digits[10];
		for (int i = 9; i >= 0; i--, n /= 10)
			digits[i] = (char)('0' + n % 10);
		for (int i = 0; i < 10; i++)
			putByte(COM1, (byte)digits[i]);
		for (int i = 0; i < 53; i++)
			putByte(COM1, '.');
		putByte(COM1, '\n');
	}
}

static void echo(void)
{
	static const char quit[] = "quit";
	char line[64];
	for (unsigned n = 0;;) {
		while (!(inb(LSR) & RECEIVED))
			;
		byte c = inb(COM1);
		if (c != '\r' && c != '\n') {
			if (n < sizeof line - 1)
				line[n++] = (char)c;
			continue;
		}
		line[n] = 0;
		putText(COM1, "heard_");
		putLine(COM1, line);
		if (n == 4 && after(line, quit))
			return;
		n = 0;
	}
}

static void tally(void)
{
	for (unsigned n = 1;; n++) {
		char digits[] = "n=000";
		while (!(inb(LSR) & RECEIVED))
			;
		inb(COM1);
		digits[2] = (char)('0' + n / 100 % 10);
		digits[3] = (char)('0' + n / 10 % 10);
		digits[4] = (char)('0' + n % 10);
		putLine(COM1, digits);
	}
}

/* triple takes the interrupt table away and then needs it. */
static void triple(void)
{
	static const struct __attribute__((packed)) { word limit; unsigned long base; } none = {0, 0};
	__asm__ volatile("lidt %0; int3" : : "m"(none));
}

/* idle sleeps with interrupts on and all sources masked. */
static void idle(void)
{
	outb(0x21, 0xff);
	outb(0xa1, 0xff);
	for (;;)
		__asm__ volatile("sti; hlt");
}

static void does(const char *s)
{
	const char *text;
	if ((text = after(s, "say=")))
		putLine(COM1, text);
	else if ((text = after(s, "put=")))
		putText(COM1, text);
	else if ((text = after(s, "e9=")))
		putLine(MARKERS, text);
	else if ((text = after(s, "e9put=")))
		putText(MARKERS, text);
	else if ((text = after(s, "flood=")))
		flood(number(text));
	else if ((text = after(s, "port=")))
		outb(DEBUG_EXIT, (byte)number(text));
	else if (after(s, "echo"))
		echo();
	else if (after(s, "tally"))
		tally();
	else if (after(s, "off"))
		outw(0x604, 0x2000); /* ACPI S5 on machine pc */
	else if (after(s, "reset"))
		outb(0x64, 0xfe);
	else if (after(s, "triple"))
		triple();
	else if (after(s, "pvpanic"))
		outb(0x505, 1);
	else if (after(s, "idle"))
		idle();
	else if (after(s, "count"))
		for (unsigned long n = 0;; n++)
			__asm__ volatile("" : : "r"(n));
	else if (after(s, "spin"))
		for (;;)
			;
	else if (after(s, "hang"))
		for (;;)
			__asm__ volatile("cli; hlt");
}

void main(const char *command)
{
	for (; *command; command++) {
		if (*command == ' ')
			continue;
		does(command);
		while (command[1] && *command != ' ')
			command++;
	}
	for (;;) /* the end that was asked for takes a moment */
		;
}
