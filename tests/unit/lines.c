/*
 * What a test program tells leaves it line by line, also into a pipe: of one that dies the results until then are not lost with
 * it, and a child that it forks has none of them to tell a second time.
 */
#include <stdio.h>

__attribute__((constructor)) static void tell_line_by_line(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
}
