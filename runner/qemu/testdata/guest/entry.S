/* The way of the tests' guest from QEMU's PVH entry (32 bits, no paging) to main in
   64-bit mode: the first GiB mapped one to one, a stack, and the command line. */
    .code32
    .section .note.pvh, "a", @note
    .align 4
    .long 4, 4, 18                  /* XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .long start
    .text
    .globl start
start:
    cli
    cld
    mov 24(%ebx), %ebp              /* start_info.cmdline_paddr */
    movl $pdpt + 3, pml4
    movl $pd + 3, pdpt
    mov $pd, %edi
    mov $0x83, %eax                 /* present, writable, 2 MiB */
1:  mov %eax, (%edi)
    add $0x200000, %eax
    add $8, %edi
    cmp $pd + 4096, %edi
    jne 1b
    mov $pml4, %eax
    mov %eax, %cr3
    mov %cr4, %eax
    or $0x20, %eax                  /* PAE */
    mov %eax, %cr4
    mov $0xC0000080, %ecx
    rdmsr
    or $0x100, %eax                 /* EFER.LME */
    wrmsr
    mov %cr0, %eax
    or $0x80000001, %eax            /* PG, PE */
    mov %eax, %cr0
    lgdt gdtr
    ljmp $8, $long
    .code64
long:
    mov $stack + 4096, %esp
    mov %ebp, %edi
    call main
    .align 8
gdt:
    .quad 0, 0x00AF9B000000FFFF
gdtr:
    .word . - gdt - 1
    .long gdt
    .bss
    .align 4096
pml4:  .skip 4096
pdpt:  .skip 4096
pd:    .skip 4096
stack: .skip 4096
    .section .note.GNU-stack, "", @progbits
