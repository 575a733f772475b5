/*
 * sys_file.c - system calls on files. There are three: 0, 1 and 2, and all of them
 * are the console, which behaves like a terminal of Linux: it echoes and edits
 * lines unless the app asks for raw input.
 */
#include "marker.h"
#include "serial.h"
#include "string.h"
#include "syscall.h"
#include "time.h"

struct iovec {
	u64 base, size;
};

enum { CONSOLE_FILES = 3, MOST_VECTORS = 1024 };

/* Linux, include/uapi/asm-generic/termbits.h. */
struct termios {
	u32 input, output, control, local;
	u8 line, characters[19];
};

enum { ICRNL = 0x100, OPOST_ONLCR = 0x5, B115200_CS8_CREAD = 0x18b2, ISIG = 0x1, ICANON = 0x2, ECHO = 0x8, ECHOE_ECHOK = 0x30 };
enum { VINTR = 0, VERASE = 2, VEOF = 4, VMIN = 6 };

static struct termios terminal = {
	.input = ICRNL, .output = OPOST_ONLCR, .control = B115200_CS8_CREAD, .local = ISIG | ICANON | ECHO | ECHOE_ECHOK,
	.characters = {[VINTR] = 3, [VERASE] = 127, [VEOF] = 4, [VMIN] = 1},
};

static char line[1024]; /* a line being edited, then being read */
static size_t line_size, line_read;
static int line_done;

static void echo(const char *text, size_t n) {
	if (terminal.local & ECHO)
		serial_write(text, n);
}

/* One byte of input, with what the terminal does to every byte. */
static char input(void) {
	enum { INTERRUPTED = 130 };
	char c = serial_read();
	if (c == '\r' && terminal.input & ICRNL)
		c = '\n';
	if (c == 3 && terminal.local & ISIG) {
		echo("^C\n", 3);
		end_vm(INTERRUPTED);
	}
	return c;
}

static void edit(char c) {
	if (c == '\b' || c == 127) {
		if (line_size) {
			line_size--;
			echo("\b \b", 3);
		}
		return;
	}
	if (c == 4) { /* end of file, or of an unfinished line */
		line_done = 1;
		return;
	}
	if (line_size < sizeof line - 1 || c == '\n') {
		line[line_size++] = c;
		echo(&c, 1);
	}
	if (c == '\n')
		line_done = 1;
}

/* take_input edits with what has come, and waits for nothing. */
static void take_input(void) {
	while (!line_done && serial_ready())
		edit(input());
}

static long read_line(char *to, u64 n) {
	while (!line_done)
		edit(input());
	u64 left = line_size - line_read;
	if (n > left)
		n = left;
	memcpy(to, line + line_read, n);
	line_read += n;
	if (line_read == line_size)
		line_size = line_read = line_done = 0;
	return n;
}

static long read_raw(char *to, u64 n) {
	u64 i = 0;
	while (i < n && (i < terminal.characters[VMIN] || serial_ready())) {
		to[i] = input();
		echo(&to[i], 1);
		i++;
	}
	return i;
}

static long read(u64 file, u64 to, u64 n) {
	if (file >= CONSOLE_FILES)
		return -EBADF;
	if (!user_range(to, n))
		return -EFAULT;
	if (!n)
		return 0;
	return terminal.local & ICANON ? read_line((char *)to, n) : read_raw((char *)to, n);
}

static long write(u64 file, u64 from, u64 n) {
	if (file >= CONSOLE_FILES)
		return -EBADF;
	if (!user_range(from, n))
		return n ? -EFAULT : 0;
	serial_write((const char *)from, n);
	return n;
}

long sys_read(const struct arguments *x) { return read(x->a, x->b, x->c); }

long sys_write(const struct arguments *x) { return write(x->a, x->b, x->c); }

/* each carries a call out for every part of a vector, until one falls short. */
static long each(long (*call)(u64, u64, u64), const struct arguments *x) {
	if (x->c > MOST_VECTORS)
		return -EINVAL;
	if (!user_range(x->b, x->c * sizeof(struct iovec)))
		return x->c ? -EFAULT : 0;
	const struct iovec *v = (void *)x->b;
	long total = 0;
	for (u64 i = 0; i < x->c; i++) {
		long n = call(x->a, v[i].base, v[i].size);
		if (n < 0)
			return total ? total : n;
		total += n;
		if ((u64)n < v[i].size)
			break;
	}
	return total;
}

long sys_readv(const struct arguments *x) { return each(read, x); }

long sys_writev(const struct arguments *x) { return each(write, x); }

long sys_close(const struct arguments *x) { return x->a < CONSOLE_FILES ? 0 : -EBADF; }

long sys_lseek(const struct arguments *x) { return x->a < CONSOLE_FILES ? -ESPIPE : -EBADF; }

/* Linux, arch/x86/include/uapi/asm/stat.h: a character device, 4:64 (ttyS0). */
struct stat {
	u64 device, inode, links;
	u32 mode, user, group, padding;
	u64 represents;
	long size, block_size, blocks, times[6], reserved[3];
};

static long stat_console(u64 file, u64 to) {
	enum { CHARACTER_DEVICE = 0020620, TTY_S0 = 4 << 8 | 64 };
	if (file >= CONSOLE_FILES)
		return -EBADF;
	if (!user_range(to, sizeof(struct stat)))
		return -EFAULT;
	struct stat *s = (void *)to;
	memset(s, 0, sizeof *s);
	s->links = 1;
	s->mode = CHARACTER_DEVICE;
	s->represents = TTY_S0;
	s->block_size = 1024;
	return 0;
}

long sys_fstat(const struct arguments *x) { return stat_console(x->a, x->b); }

/* glibc asks fstat this way: an empty path beside the descriptor. */
long sys_newfstatat(const struct arguments *x) {
	enum { AT_EMPTY_PATH = 0x1000 };
	if (x->d & AT_EMPTY_PATH && (!x->b || (user_range(x->b, 1) && !*(const char *)x->b)))
		return stat_console(x->a, x->c);
	return -ENOENT;
}

long sys_no_entry(const struct arguments *x) {
	(void)x;
	return -ENOENT;
}

long sys_fcntl(const struct arguments *x) {
	enum { GET_FD = 1, SET_FD = 2, GET_FLAGS = 3, SET_FLAGS = 4, READ_WRITE = 2 };
	if (x->a >= CONSOLE_FILES)
		return -EBADF;
	switch (x->b) {
	case GET_FLAGS:
		return READ_WRITE;
	case GET_FD:
	case SET_FD:
	case SET_FLAGS:
		return 0;
	default:
		return -EINVAL;
	}
}

long sys_getcwd(const struct arguments *x) {
	if (x->b < 2)
		return -ERANGE;
	if (!user_range(x->a, 2))
		return -EFAULT;
	memcpy((void *)x->a, "/", 2);
	return 2;
}

/* give answers with a structure. */
static long give(u64 to, const void *from, size_t size) {
	if (!user_range(to, size))
		return -EFAULT;
	memcpy((void *)to, from, size);
	return 0;
}

long sys_ioctl(const struct arguments *x) {
	enum { TCGETS = 0x5401, TCSETS = 0x5402, TCSETSW = 0x5403, TCSETSF = 0x5404, TCSBRK = 0x5409 };
	enum { TIOCGPGRP = 0x540f, TIOCGWINSZ = 0x5413 };
	const u16 size[4] = {24, 80}; /* rows, columns, and pixels that nobody knows */
	const u32 group = 1;
	if (x->a >= CONSOLE_FILES)
		return -EBADF;
	switch (x->b) {
	case TCGETS:
		return give(x->c, &terminal, sizeof terminal);
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		if (!user_range(x->c, sizeof terminal))
			return -EFAULT;
		memcpy(&terminal, (void *)x->c, sizeof terminal);
		return 0;
	case TCSBRK:
		serial_drain();
		return 0;
	case TIOCGWINSZ:
		return give(x->c, size, sizeof size);
	case TIOCGPGRP:
		return give(x->c, &group, sizeof group);
	default:
		return -ENOTTY;
	}
}

struct pollfd {
	int file;
	u16 events, found;
};

/* As on a terminal, a line is input once it is complete. */
static int has_input(void) {
	if (!(terminal.local & ICANON))
		return serial_ready();
	take_input();
	return line_done;
}

static int look(struct pollfd *list, u64 count) {
	enum { IN = 0x1, OUT = 0x4, INVALID = 0x20 };
	int ready = 0, in = has_input() ? IN : 0;
	for (u64 i = 0; i < count; i++) {
		struct pollfd *p = &list[i];
		p->found = 0;
		if (p->file < 0)
			continue;
		if (p->file >= CONSOLE_FILES)
			p->found = INVALID;
		else
			p->found = p->events & (OUT | in);
		ready += p->found != 0;
	}
	return ready;
}

/* until 0 waits for ever. */
static long poll(u64 list, u64 count, u64 until) {
	if (count > MOST_VECTORS)
		return -EINVAL;
	if (count && !user_range(list, count * sizeof(struct pollfd)))
		return -EFAULT;
	for (;;) {
		int ready = look((void *)list, count);
		if (ready || (until && time_now() >= until))
			return ready;
	}
}

long sys_poll(const struct arguments *x) {
	int milliseconds = x->c;
	return poll(x->a, x->b, milliseconds < 0 ? 0 : time_now() + milliseconds * 1000000ul + 1);
}

long sys_ppoll(const struct arguments *x) {
	if (!x->c)
		return poll(x->a, x->b, 0);
	if (!user_range(x->c, sizeof(struct timespec)))
		return -EFAULT;
	return poll(x->a, x->b, time_now() + time_span((void *)x->c) + 1);
}
