namespace Waybill.Smtp.Tests;

/// <summary>
/// Talks with the server. "S:" is a reply's beginning, "C:" a line we send with CRLF, "C!" raw text without it; \r \n \0 \xHH are escapes,
/// "S: (closed)" is the end of the connection.
/// </summary>
public static class Transcripts
{
    const string Begin = """
        C: EHLO client.test
        S: 250-mx.waybill.test

        """;
    const string ToRecipient =
        Begin
        + """
            C: MAIL FROM:<a@b.test>
            S: 250 2.1.0
            C: RCPT TO:<log@waybill.test>
            S: 250 2.1.5

            """;
    const string ToData =
        ToRecipient
        + """
            C: DATA
            S: 354

            """;

    public static readonly (string Name, string Talk)[] All =
    [
        (
            "a mail",
            ToData + "C: Subject: x\nC: \nC: Hi\nC: .\nS: 250 2.0.0 Stored as mail\nC: QUIT\nS: 221 2.0.0\nS: (closed)"
        ),
        ("an empty mail", ToData + "C: .\nS: 250 2.0.0"),
        ("HELO", "C: HELO old.test\nS: 250 mx.waybill.test\nC: MAIL FROM:<a@b.test>\nS: 250 2.1.0"),
        ("two mails", ToData + "C: x\nC: .\nS: 250 2.0.0\n" + ToData + "C: y\nC: .\nS: 250 2.0.0\nC: QUIT\nS: 221"),
        ("null sender", Begin + "C: MAIL FROM:<>\nS: 250 2.1.0"),
        (
            "space before the path",
            Begin + "C: MAIL FROM: <a@b.test>\nS: 250 2.1.0\nC: rcpt to: <log@Waybill.Test>\nS: 250 2.1.5"
        ),
        (
            "source route",
            Begin
                + "C: MAIL FROM:<@x.test,@y.test:a@b.test>\nS: 250\nC: RCPT TO:<@x.test:log@waybill.test>\nS: 250 2.1.5"
        ),
        ("quoted local part", Begin + "C: MAIL FROM:<\"a > \\\"b\"@b.test> SIZE=5\nS: 250 2.1.0"),
        ("address literal", Begin + "C: MAIL FROM:<a@[IPv6:::1]>\nS: 250\nC: RCPT TO:<log@[127.0.0.1]>\nS: 250 2.1.5"),
        ("bad address literal", Begin + "C: MAIL FROM:<a@[1.2.3]>\nS: 501 5.1.7"),
        ("postmaster", Begin + "C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<PostMaster>\nS: 250 2.1.5"),
        ("no domain", Begin + "C: MAIL FROM:<anna>\nS: 501 5.1.7"),
        ("no brackets", Begin + "C: MAIL FROM:a@b.test\nS: 501 5.1.7"),
        ("text after the path", Begin + "C: MAIL FROM:<a@b.test>x\nS: 501 5.1.7"),
        ("null recipient", Begin + "C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<>\nS: 501 5.1.3"),
        ("non-ASCII address", Begin + "C: MAIL FROM:<\\xE9@b.test>\nS: 553 5.6.7"),
        ("parameters", Begin + "C: MAIL FROM:<a@b.test> SIZE=1000 BODY=8BITMIME\nS: 250 2.1.0"),
        ("lower-case parameters", Begin + "C: mail from:<a@b.test> size=1000 body=7bit\nS: 250 2.1.0"),
        ("unknown MAIL parameter", Begin + "C: MAIL FROM:<a@b.test> SMTPUTF8\nS: 555 5.5.4"),
        (
            "unknown RCPT parameter",
            Begin + "C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<log@waybill.test> NOTIFY=NEVER\nS: 555 5.5.4"
        ),
        (
            "bad SIZE",
            Begin + "C: MAIL FROM:<a@b.test> SIZE=-1\nS: 501 5.5.4\nC: MAIL FROM:<a@b.test> SIZE=\nS: 501 5.5.4"
        ),
        ("SIZE twice", Begin + "C: MAIL FROM:<a@b.test> SIZE=1 SIZE=2\nS: 501 5.5.4"),
        ("bad BODY", Begin + "C: MAIL FROM:<a@b.test> BODY=BINARYMIME\nS: 501 5.5.4"),
        (
            "SIZE over the cap",
            Begin + "C: MAIL FROM:<a@b.test> SIZE=157286401\nS: 552 5.3.4\nC: MAIL FROM:<a@b.test>\nS: 250"
        ),
        ("SIZE beyond numbers", Begin + "C: MAIL FROM:<a@b.test> SIZE=99999999999999999999\nS: 552 5.3.4"),
        (
            "order: nothing before hello",
            "C: MAIL FROM:<>\nS: 503 5.5.1\nC: RCPT TO:<a@b.test>\nS: 503 5.5.1\nC: DATA\nS: 503 5.5.1"
        ),
        (
            "order: RCPT and DATA before MAIL",
            Begin + "C: RCPT TO:<log@waybill.test>\nS: 503 5.5.1\nC: DATA\nS: 503 5.5.1"
        ),
        ("order: MAIL twice", Begin + "C: MAIL FROM:<>\nS: 250\nC: MAIL FROM:<>\nS: 503 5.5.1"),
        ("order: hello forgets the mail", ToRecipient + Begin + "C: DATA\nS: 503 5.5.1"),
        ("order: RSET forgets the mail", ToRecipient + "C: RSET\nS: 250 2.0.0\nC: DATA\nS: 503 5.5.1 Send MAIL"),
        ("order: RSET before hello", "C: RSET\nS: 250\nC: MAIL FROM:<>\nS: 503 5.5.1 Send EHLO"),
        ("hello without a name", "C: EHLO\nS: 501 5.5.4\nC: HELO\nS: 501 5.5.4\nC: EHLO a b\nS: 501 5.5.4"),
        (
            "no valid recipients",
            Begin
                + "C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<x@other.test>\nS: 550 5.1.1\nC: DATA\nS: 554 5.5.1\nC: NOOP\nS: 250"
        ),
        (
            "some valid recipients",
            Begin
                + "C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<x@other.test>\nS: 550\nC: RCPT TO:<log@waybill.test>\nS: 250\nC: DATA\nS: 354\nC: .\nS: 250 2.0.0"
        ),
        (
            "refusal cannot forge a reply",
            Begin
                + "C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<refused@waybill.test>\nS: 550 5.7.1 Not from you??250 forged\nC: NOOP\nS: 250 2.0.0"
        ),
        ("try later", Begin + "C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<later@waybill.test>\nS: 451 4.3.0"),
        (
            "small commands",
            "C: NOOP\nS: 250 2.0.0\nC: noop whatever\nS: 250 2.0.0\nC: VRFY anna\nS: 252 2.5.0\nC: HELP\nS: 214 2.0.0"
        ),
        (
            "not offered",
            Begin
                + "C: EXPN list\nS: 502 5.5.1\nC: ETRN x\nS: 502\nC: AUTH PLAIN\nS: 502\nC: TURN\nS: 502\nC: STARTTLS\nS: 502\nC: BDAT 5 LAST\nS: 502"
        ),
        ("unknown", "C: XYZZY\nS: 500 5.5.2\nC: \nS: 500 5.5.2\nC: MAILFROM:<>\nS: 500 5.5.2"),
        (
            "arguments where none go",
            ToRecipient
                + "C: DATA now\nS: 501 5.5.4\nC: RSET x\nS: 501\nC: QUIT x\nS: 501\nC: DATA\nS: 354\nC: .\nS: 250"
        ),
        ("trailing spaces", ToRecipient + "C: DATA  \nS: 354\nC: .\nS: 250"),
        ("HTTP", "C: POST / HTTP/1.1\nS: 500 5.5.2\nS: (closed)"),
        ("NUL in a command", "C: NO\\0OP\nS: 500 5.5.2 NUL\nC: NOOP\nS: 250"),
        ("longest line", "C: NOOP " + new string('x', 1024 - 7) + "\nS: 250"),
        (
            "line too long by one",
            "C: NOOP " + new string('x', 1024 - 6) + "\nS: 500 5.5.2 Line too long\nC: NOOP\nS: 250"
        ),
        ("line much too long", "C: NOOP " + new string('x', 9000) + "\nS: 500 5.5.2 Line too long\nC: NOOP\nS: 250"),
        (
            "long line with bare LF",
            "C! NOOP " + new string('x', 3000) + "\\n\nS: 500 5.5.2 Commands end in CRLF\nS: (closed)"
        ),
        ("bare LF ends no command", "C! NOOP\\n\nS: 500 5.5.2\nS: (closed)"),
        ("bare CR in a command", "C! NOOP\\rNOOP\\r\\n\nS: 500 5.5.2\nS: (closed)"),
        (
            "commands in the message",
            ToData + "C: MAIL FROM:<evil@x.test>\nC: RSET\nC: QUIT\nC: .\nS: 250 2.0.0\nC: NOOP\nS: 250 2.0.0 OK"
        ),
        ("NUL in the message", ToData + "C: a\\0b\nC: .\nS: 550 5.6.0 NUL\nC: NOOP\nS: 250"),
    ];
}
