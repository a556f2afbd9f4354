/*
 * ambient COMMAND [ARGUMENT...]: COMMAND, and whatever it runs, with the capabilities that this process may have, as ambient ones
 * (capabilities(7)). For Linux.
 *
 * A container is given capabilities, but a process in it that is not root has them only if its program's file has them, too. This is
 * that file. Where the container was given fewer, COMMAND is run with those: what it lacks is for COMMAND to tell.
 */
#include <linux/capability.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BITS = 32, USAGE = 64, CANNOT_RUN = 126 };

static int fail(const char *what) {
  fprintf(stderr, "ambient: ");
  perror(what);
  return CANNOT_RUN;
}

int main(int argc, char **argv) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
  if (argc < 2) {
    fprintf(stderr, "usage: ambient COMMAND [ARGUMENT...]\n");
    return USAGE;
  }
  if (syscall(SYS_capget, &header, sets) != 0) return fail("capget");
  for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) sets[i].inheritable = sets[i].permitted;
  if (syscall(SYS_capset, &header, sets) != 0) return fail("capset");
  for (int capability = 0; capability < BITS * _LINUX_CAPABILITY_U32S_3; capability++) {
    if ((sets[capability / BITS].permitted >> (capability % BITS) & 1) == 0) continue;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0) return fail("PR_CAP_AMBIENT_RAISE");
  }
  execvp(argv[1], argv + 1);
  return fail(argv[1]);
}
