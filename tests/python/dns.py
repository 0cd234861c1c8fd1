"""A name server of one shop, on dnslib. UDP, on a port of this computer.

    python dns.py

Prints one JSON object per line: {"is":"listening","port":n}, then {"is":"asked","name":...,"type":...} for each question, and
{"re":id} for each order. Orders come on stdin, one JSON object per line:
  {"id":1,"do":"say","records":[{"priority":0,"weight":0,"port":443,"host":["till","example","org"]}]}
      answers questions for SRV with these; with none that there is no such name. The host is a list of labels, as Latin-1 text.
  {"id":2,"do":"hold"}      keeps questions without an answer
  {"id":3,"do":"answer"}    answers those that were kept
End of stdin ends it.
"""

import json
import socket
import sys
import threading

from dnslib import QTYPE, RCODE, RR, SRV, DNSLabel, DNSRecord


def say(**line):
    print(json.dumps(line), flush=True)


class NameServer:
    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.records, self.holds, self.held = [], False, []

    def serve(self):
        while True:
            packet, peer = self.socket.recvfrom(4096)
            question = DNSRecord.parse(packet)
            say(**{"is": "asked", "name": str(question.q.qname), "type": QTYPE[question.q.qtype]})
            if self.holds:
                self.held.append((question, peer))
            else:
                self.answer(question, peer)

    def answer(self, question, peer):
        reply = question.reply()
        if question.q.qtype == QTYPE.SRV:
            for one in self.records:
                host = DNSLabel([label.encode("latin-1") for label in one["host"]])
                data = SRV(one.get("priority", 0), one.get("weight", 0), one["port"], host)
                reply.add_answer(RR(question.q.qname, QTYPE.SRV, ttl=60, rdata=data))
        if not reply.rr:
            reply.header.rcode = RCODE.NXDOMAIN
        self.socket.sendto(reply.pack(), peer)

    def obey(self, order):
        if order["do"] == "say":
            self.records = order["records"]
        elif order["do"] == "hold":
            self.holds = True
        elif order["do"] == "answer":
            self.holds = False
            while self.held:
                self.answer(*self.held.pop())


def main():
    server = NameServer()
    threading.Thread(target=server.serve, daemon=True).start()
    say(**{"is": "listening", "port": server.socket.getsockname()[1]})
    for line in sys.stdin:
        order = json.loads(line)
        server.obey(order)
        say(re=order["id"])


main()
