#include <stdio.h>

int part1(void);
int part9(void);

void greet(const char *whom) { printf("hello %s %d\n", whom, part1() + part9()); }
