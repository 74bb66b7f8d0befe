namespace Slipway.Tools.Tests;

public sealed class MailboxTests
{
    private ScratchFolder _folder = null!;
    private Mailbox _mailbox = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new ScratchFolder();
        _mailbox = new Mailbox(Path.Combine(_folder.Path, "requests"));
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task LettersAreTakenOnceOldestFirst_AndTheSenderSeesIt()
    {
        var first = await _mailbox.SendAsync(new("Pause", "ann\n", "why \"quoted\""), CancellationToken.None);
        var second = await _mailbox.SendAsync(new("Resume", "bob", ""), CancellationToken.None);

        var taken = await _mailbox.TakeAsync(CancellationToken.None);
        (taken!.Subject, taken.From, taken.Text, taken.Id).ShouldBe(("Pause", "ann\n", "why \"quoted\"", first));
        (_mailbox.IsWaiting(first), _mailbox.IsWaiting(second)).ShouldBe((false, true));
        (await _mailbox.TakeAsync(CancellationToken.None))!.Id.ShouldBe(second);
        (await _mailbox.TakeAsync(CancellationToken.None)).ShouldBeNull();
    }

    [Test]
    public async Task ALetterThatIsWithdrawnIsFoundByNobody()
    {
        var letter = await _mailbox.SendAsync(new("Abort", "ann", ""), CancellationToken.None);
        _mailbox.Withdraw(letter).ShouldBeTrue();
        _mailbox.Withdraw(letter).ShouldBeFalse();
        (await _mailbox.TakeAsync(CancellationToken.None)).ShouldBeNull();
    }

    [TestCase("{")]
    [TestCase("null")]
    [TestCase("[1,2]")]
    public async Task WhatIsNoLetterDoesNotBlockThoseAfterIt(string text)
    {
        _folder.File("requests/00000000000000000000000000000000.json", text);
        var letter = await _mailbox.SendAsync(new("Abort", "ann", ""), CancellationToken.None);
        (await _mailbox.TakeAsync(CancellationToken.None)).ShouldBeNull();
        (await _mailbox.TakeAsync(CancellationToken.None))!.Id.ShouldBe(letter);
    }
}
