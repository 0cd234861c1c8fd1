/* A computer that slept, for one program: the clocks that go on in sleep are as many seconds ahead as the file says that
 * PLATEN_TEST_SLEPT names. The clock that stands still in sleep (CLOCK_MONOTONIC, by which timers run) is left alone.
 * cc -shared -fPIC -o slept.so slept.c -ldl, then LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long slept(void) {
  const char *path = getenv("PLATEN_TEST_SLEPT");
  FILE *file = path ? fopen(path, "r") : NULL;
  long seconds = 0;
  if (file) {
    if (fscanf(file, "%ld", &seconds) != 1) seconds = 0;
    fclose(file);
  }
  return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int done = real(clock, time);
  if (done == 0 && (clock == CLOCK_BOOTTIME || clock == CLOCK_REALTIME)) time->tv_sec += slept();
  return done;
}
