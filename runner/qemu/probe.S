/* The guest that proves an accelerator: PVH entry, 32-bit paging and its marker, long
   mode with paging, one SSE multiplication, and a loop between two markers that is slow
   where instructions are interpreted; the product, 42, is the status. probe_test.go has
   the command that builds it. */
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
    mov $tables, %edi               /* three pages of tables, behind the file's memory */
    mov %edi, %cr3
    xor %eax, %eax
    mov $3072, %ecx
    rep stosl
    movl $0x83, tables              /* 32-bit paging: 4 MiB from 0, twice */
    movl $0x83, tables + 4
    mov %cr4, %eax
    or $0x10, %eax                  /* PSE */
    mov %eax, %cr4
    mov %cr0, %eax
    or $0x80000000, %eax            /* PG */
    mov %eax, %cr0
    incl 0x400000 + twice           /* by the other address */
    cmpl $1, twice
    jne end
    mov %cr0, %eax
    and $0x7fffffff, %eax
    mov %eax, %cr0
    mov $paged, %esi
    mov $paged_end - paged, %ecx
    mov $0xe9, %edx
    rep outsb
    movl $0, tables + 4
    movl $tables + 0x1003, tables   /* PML4 -> PDPT -> PD */
    movl $tables + 0x2003, tables + 0x1000
    movl $0x83, tables + 0x2000     /* 2 MiB from 0, one to one */
    mov %cr4, %eax
    or $0x620, %eax                 /* PAE, OSFXSR, OSXMMEXCPT */
    mov %eax, %cr4
    mov $0xC0000080, %ecx
    rdmsr
    or $0x100, %eax                 /* EFER.LME */
    wrmsr
    mov %cr0, %eax
    and $~4, %eax
    or $0x80000003, %eax            /* PG, MP, PE */
    mov %eax, %cr0
    lgdt gdtr
    ljmp $8, $long
    .code32
end:
    mov $0x10, %al                  /* without an exit marker: this went wrong */
    out %al, $0xf4
1:  hlt
    jmp 1b
    .code64
long:
    mov $6, %eax
    cvtsi2sd %eax, %xmm0
    mov $7, %eax
    cvtsi2sd %eax, %xmm1
    mulsd %xmm1, %xmm0
    mov $app, %esi
    mov $app_end - app, %ecx
    mov $0xe9, %edx
    rep outsb
    mov $10000000, %ecx             /* slowestLoop in probe.go is for this many */
1:  dec %ecx
    jnz 1b
    cvttsd2si %xmm0, %eax
    mov $10, %cl                    /* a wrong product is a wrong status */
    div %cl
    add $0x3030, %ax
    mov %ax, digits
    mov $exit, %esi
    mov $exit_end - exit, %ecx
    rep outsb
    mov $0x10, %al
    out %al, $0xf4
2:  hlt
    jmp 2b
paged:
    .ascii "@slipway boot\n"
paged_end:
app:
    .ascii "@slipway app\n"
app_end:
exit:
    .ascii "@slipway exit "
digits:
    .ascii "00\n"
exit_end:
    .align 8
twice:
    .long 0, 0
gdt:
    .quad 0, 0x00AF9B000000FFFF
gdtr:
    .word . - gdt - 1
    .long gdt
    .set tables, 0x110000
    .section .note.GNU-stack, "", @progbits
