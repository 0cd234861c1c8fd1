/* crash.exe PID: ends a program as an access violation does. Wine's taskkill ends it as if it had meant to. */
#include <windows.h>
#include <stdlib.h>

int main(int count, char **words)
{
    HANDLE program = count == 2 ? OpenProcess(PROCESS_TERMINATE, FALSE, (DWORD)atoi(words[1])) : NULL;
    return program && TerminateProcess(program, STATUS_ACCESS_VIOLATION) ? 0 : 1;
}
