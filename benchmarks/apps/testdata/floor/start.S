/*
 * start.S - the least that a PVH guest needs to run compiled code: long mode, the
 * first 16 MiB mapped, SSE, a stack. Nothing is measured, found or cleared.
 */
	.section .note.pvh, "a", @note
	.balign	4
	.long	4, 4, 18			/* XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz	"Xen"
	.long	_start

	.text
	.code32
	.globl	_start
_start:
	cli
	movl	$stack_end, %esp
	movl	$pdpt + 3, pml4
	movl	$directory + 3, pdpt
	movl	$0x83, %eax			/* present, writable, 2 MiB */
	movl	$directory, %edi
	movl	$8, %ecx
1:	movl	%eax, (%edi)
	addl	$0x200000, %eax
	addl	$8, %edi
	loop	1b
	movl	$pml4, %eax
	movl	%eax, %cr3
	movl	$0x620, %eax			/* PAE, FXSR, XMM */
	movl	%eax, %cr4
	movl	$0xc0000080, %ecx
	movl	$0x100, %eax			/* long mode */
	xorl	%edx, %edx
	wrmsr
	movl	$0x80000003, %eax
	movl	%eax, %cr0
	lgdt	gdt_pointer
	ljmp	$8, $2f
	.code64
2:	movl	$16, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	call	floor_main
3:	hlt
	jmp	3b

	.data
	.balign	16
gdt:	.quad	0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
	.word	gdt_pointer - gdt - 1
	.long	gdt

	.bss
	.balign	4096
pml4:	.skip	4096
pdpt:	.skip	4096
directory:
	.skip	4096
	.skip	65536
stack_end:
	.section .note.GNU-stack, "", @progbits
