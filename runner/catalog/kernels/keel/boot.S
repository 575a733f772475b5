/*
 * boot.S - from the loader's 32-bit protected mode to kernel_main in 64 bits.
 *
 * QEMU's -kernel enters here two ways: through the PVH note (EBX points to
 * hvm_start_info; Xen's docs/misc/pvh.pandoc) or, in the image keel-multiboot.elf,
 * by Multiboot 1 (EAX holds the magic, EBX points to multiboot_info). Either way:
 * flat segments, no paging.
 *
 * Memory is mapped one to one, the first 4 GiB with 2 MiB pages, but for the first
 * 2 MiB with 4 KiB pages. paging.c takes away what no program should touch.
 */
	.set	CR0_MP_PE, 0x00000003
	.set	CR0_EM, 0x00000004
	.set	CR0_WP_PG, 0x80010000
	.set	CR0_NE, 0x00000020		/* x87 errors are exceptions, not an interrupt of the PC's */
	.set	CR4_PAE_FXSR_XMM, 0x00000620
	.set	MSR_EFER, 0xc0000080
	.set	EFER_LME_SCE, 0x00000101
	.set	PAGE_TABLE, 0x7			/* present, writable, user */
	.set	PAGE_2M, 0x87

	.section .note.pvh, "a", @note
	.balign	4
	.long	4, 4, 18			/* XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz	"Xen"
	.long	_start

	.section .boot, "ax"
	.code32
#ifdef MULTIBOOT
	/* QEMU prefers this header to the PVH note wherever it finds it, and its
	 * Multiboot loader is the slower one: so it is in an image of its own. */
	.balign	4
multiboot:
	.set	MB_MAGIC, 0x1badb002
	.set	MB_FLAGS, 0x00010003		/* aligned modules, memory map, addresses below */
	.long	MB_MAGIC, MB_FLAGS, -(MB_MAGIC + MB_FLAGS)
	/* The addresses let a loader that knows only ELF32 place this ELF64 file. */
	.long	multiboot, load_address, data_end, bss_end, _start
#endif

	.globl	_start
_start:
	cli
	cld
	movl	$boot_stack_end, %esp
	movl	%eax, %ebp			/* the Multiboot magic, or anything under PVH */

	movl	$pdpt + PAGE_TABLE, %eax
	movl	%eax, pml4
	movl	$directories + PAGE_TABLE, %eax
	movl	$pdpt, %edi
	movl	$4, %ecx			/* one directory for each GiB */
1:	movl	%eax, (%edi)
	addl	$0x1000, %eax
	addl	$8, %edi
	loop	1b

	movl	$PAGE_2M, %eax
	movl	$directories, %edi
	movl	$2048, %ecx			/* 2048 pages of 2 MiB are 4 GiB */
2:	movl	%eax, (%edi)
	addl	$0x200000, %eax
	addl	$8, %edi
	loop	2b

	movl	$low_table + PAGE_TABLE, directories
	movl	$PAGE_TABLE, %eax
	movl	$low_table, %edi
	movl	$512, %ecx
3:	movl	%eax, (%edi)
	addl	$0x1000, %eax
	addl	$8, %edi
	loop	3b

	movl	$pml4, %eax
	movl	%eax, %cr3
	movl	%cr4, %eax
	orl	$CR4_PAE_FXSR_XMM, %eax
	movl	%eax, %cr4
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME_SCE, %eax		/* long mode, and the syscall instruction */
	wrmsr
	movl	%cr0, %eax
	andl	$~CR0_EM, %eax
	orl	$CR0_WP_PG + CR0_NE + CR0_MP_PE, %eax
	movl	%eax, %cr0
	lgdt	gdt_pointer
	ljmp	$8, $start64

	.code64
start64:
	movl	$16, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	movl	$boot_stack_end, %esp
	movl	%ebx, %edi			/* kernel_main(info, magic) */
	movl	%ebp, %esi
	xorl	%ebp, %ebp
	call	kernel_main
4:	hlt
	jmp	4b

	.data
	.balign	16
	.globl	gdt
gdt:	.quad	0
	.quad	0x00af9b000000ffff		/*  8: code, 64 bits, ring 0 */
	.quad	0x00cf93000000ffff		/* 16: data */
	.quad	0, 0				/* 24: task state, filled in by fault.c */
gdt_pointer:
	.word	gdt_pointer - gdt - 1
	.long	gdt
	.long	0

	.bss
	.balign	4096
	.globl	directories, low_table
pml4:	.skip	4096
pdpt:	.skip	4096
directories:
	.skip	4096 * 4
low_table:
	.skip	4096
	.skip	16384
boot_stack_end:
