enum { WRITE = 1, EXIT_GROUP = 231 };

static long call(long number, long a, long b, long c)
{
	long result;
	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
	return result;
}

void _start(void)
{
	static const char text[] = "built without a library\n";
	call(WRITE, 1, (long)text, sizeof text - 1);
	call(EXIT_GROUP, 46, 0, 0);
	__builtin_unreachable();
}
