// The least that any program could do: the writes of the benchmark's profile and nothing else. No
// checks, no old values, no verification; the floor that nanotune is measured against.
//
//   bare SYSCTL.CONF DEVICE MTU TXQUEUELEN TSO GSO RX-CHANNELS TX-CHANNELS
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void give_up(const char* what) {
    perror(what);
    exit(1);
}

// "net.ipv4.tcp_sack = 0": dots become slashes, and the value goes into that file.
static void write_sysctl(char* line) {
    char* equals = strstr(line, " = ");
    if (equals == NULL) {
        return;
    }
    char path[256] = "/proc/sys/";
    size_t length = strlen(path);
    for (const char* c = line; c < equals && length < sizeof path - 1; ++c) {
        path[length] = *c;
        if (*c == '.') {
            path[length] = '/';
        }
        ++length;
    }
    const char* value = equals + 3;
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, value, strlen(value)) < 0) {
        give_up(path);
    }
    close(file);
}

static void write_sysctls(const char* conf) {
    char text[4096];
    int file = open(conf, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (length < 0) {
        give_up(conf);
    }
    close(file);
    text[length] = '\0';
    for (char* line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        write_sysctl(line);
    }
}

static void ask(int file, unsigned long request, struct ifreq* device, const char* what) {
    if (ioctl(file, request, device) < 0) {
        give_up(what);
    }
}

static void set_flag(int file, struct ifreq* device, unsigned command, const char* text) {
    struct ethtool_value flag = {.cmd = command, .data = (unsigned)atoi(text)};
    device->ifr_data = (char*)&flag;
    ask(file, SIOCETHTOOL, device, "feature");
}

int main(int count, char** words) {
    if (count != 9) {
        fprintf(stderr, "bare SYSCTL.CONF DEVICE MTU TXQUEUELEN TSO GSO RX TX\n");
        return 1;
    }
    write_sysctls(words[1]);

    int file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (file < 0) {
        give_up("socket");
    }
    struct ifreq device = {0};
    strncpy(device.ifr_name, words[2], IFNAMSIZ - 1);

    struct ethtool_channels channels = {.cmd = ETHTOOL_GCHANNELS};
    device.ifr_data = (char*)&channels;
    ask(file, SIOCETHTOOL, &device, "channels");
    channels.cmd = ETHTOOL_SCHANNELS;
    channels.rx_count = (unsigned)atoi(words[7]);
    channels.tx_count = (unsigned)atoi(words[8]);
    ask(file, SIOCETHTOOL, &device, "channels");

    set_flag(file, &device, ETHTOOL_STSO, words[5]);
    set_flag(file, &device, ETHTOOL_SGSO, words[6]);
    device.ifr_mtu = atoi(words[3]);
    ask(file, SIOCSIFMTU, &device, "mtu");
    device.ifr_qlen = atoi(words[4]);
    ask(file, SIOCSIFTXQLEN, &device, "txqueuelen");
    return 0;
}
