/* The guest by which markers are measured: PVH entry, then it does what the page at 2 MiB
   tells it, which the host shares: it waits for a new number in turn, says its counter
   and the number in begun, does what kind says, and says counter and number in done.
   marks_test.go has the command that builds it. */
    .code32
    .set page,  0x200000
    .set turn,  page
    .set kind,  page + 4
    .set begun, page + 8
    .set done,  page + 12
    .set from,  page + 16           /* the counter, 64 bits */
    .set to,    page + 24

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
    xor %ebp, %ebp                  /* the last number */
    movl $1, begun                  /* it runs */
1:  pause
    mov turn, %eax
    cmp %ebp, %eax
    je 1b
    mov %eax, %ebp
    mov kind, %ebx
    rdtsc
    mov %eax, from
    mov %edx, from + 4
    mov %ebp, begun
    cmp $0, %ebx
    je debugcon
    cmp $1, %ebx
    je serial
    cmp $2, %ebx
    je reset
    mov $0x10, %al                  /* isa-debug-exit */
    out %al, $0xf4
    jmp reset

debugcon:
    mov $line, %esi
    mov $line_end - line, %ecx
    mov $0xe9, %edx
    rep outsb
    jmp ended

serial:                             /* 8250: wait for the transmitter, as drivers do */
    mov $line, %esi
    mov $line_end - line, %ecx
2:  mov $0x3fd, %edx
3:  in %dx, %al
    test $0x20, %al
    jz 3b
    mov $0x3f8, %edx
    outsb
    loop 2b

ended:
    rdtsc
    mov %eax, to
    mov %edx, to + 4
    mov %ebp, done
    jmp 1b

reset:                              /* a triple fault */
    lidt nothing
    int3

nothing:
    .word 0
    .long 0
line:
    .ascii "@slipway app\n"
line_end:
