/*
 * entry.S - the ways in and out of the app: its start, its system calls, and the
 * CPU's exceptions.
 *
 * The app runs in ring 0, so SYSCALL changes no privilege: it only puts the
 * return address into RCX and the flags into R11 and jumps to MSR_LSTAR. SYSRET
 * would drop to ring 3, so the way back is a plain jump. The app owns a red
 * zone of 128 bytes below its stack pointer, so the kernel must switch stacks
 * before it pushes anything.
 */
	.text
	.globl	enter_app			/* enter_app(entry, stack) */
enter_app:
	movq	%rsi, %rsp
	xorl	%edx, %edx			/* no atexit function (System V ABI 3.4.1) */
	xorl	%ebp, %ebp
	jmp	*%rdi

	.globl	syscall_entry
syscall_entry:
	movq	%rsp, app_stack
	movq	$syscall_stack_end, %rsp
	pushq	%rcx
	pushq	%r11
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%r8
	pushq	%r9
	pushq	%r10
	movq	%r10, %rcx			/* Linux passes the 4th argument in R10, C in RCX */
	pushq	%rcx				/* 16-byte alignment; never read */
	pushq	%rax				/* the number is C's 7th argument */
	call	system_call
	addq	$16, %rsp
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdx
	popq	%rsi
	popq	%rdi
	popfq					/* R11 as the flags, then RCX as the way back */
	popq	%rcx
	movq	app_stack, %rsp
	jmp	*%rcx

/*
 * Exceptions. The CPU pushes an error code for some vectors; the others get a 0,
 * so that fault.c sees one layout (struct trap_frame).
 */
	.macro	VECTOR number, has_error
vector\number:
	.if !\has_error
	pushq	$0
	.endif
	pushq	$\number
	jmp	trap
	.endm
	.irp	n, 0,1,2,3,4,5,6,7,9,15,16,18,19,20,22,23,24,25,26,27,28,31
	VECTOR	\n, 0
	.endr
	.irp	n, 8,10,11,12,13,14,17,21,29,30
	VECTOR	\n, 1
	.endr

trap:
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%r11
	pushq	%r10
	pushq	%r9
	pushq	%r8
	pushq	%rbp
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%rbx
	pushq	%rax
	movq	%rsp, %rdi
	andq	$~15, %rsp
	call	fault				/* does not return */
1:	hlt
	jmp	1b

	.section .rodata
	.globl	vectors
vectors:
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	.quad	vector\n
	.endr

	.bss
	.balign	16
	.globl	app_stack, syscall_frame
app_stack:				/* the app's stack pointer during a system call */
	.skip	16
	.skip	32768
syscall_stack_end:
	.set	syscall_frame, syscall_stack_end - 64	/* what syscall_entry pushed first (struct syscall_frame) */
	.skip	8192
	.globl	fault_stack_end
fault_stack_end:
