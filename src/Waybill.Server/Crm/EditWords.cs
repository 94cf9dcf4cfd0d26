namespace Waybill.Server.Crm;

public static class EditWords
{
    /// <summary>What is wrong and what to do, as a key of the words file.</summary>
    public static string Of(EditOutcome outcome) =>
        outcome switch
        {
            EditOutcome.Gone => "This record was deleted meanwhile.",
            EditOutcome.NotAllowed => "You may look at records but not change them. Ask a super admin.",
            EditOutcome.Required => "This can’t be empty.",
            EditOutcome.NotAnAddress => "This is not an email address. It looks like name@company.com.",
            EditOutcome.NotADomain => "This is not a domain name. It looks like company.com.",
            EditOutcome.NotANumber => "This is not an amount. It looks like 48000 or 1900.50.",
            EditOutcome.NotADate => "This is not a date.",
            EditOutcome.NotAChoice => "Choose one from the list.",
            EditOutcome.TooLong => "This is too long.",
            EditOutcome.AddressTaken => "Another contact has this address.",
            _ => "This could not be saved.",
        };
}
